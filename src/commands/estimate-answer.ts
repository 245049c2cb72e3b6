import type { Estimate } from '../estimators/estimate.ts';
import { fidCaption } from '../tables/fid-caption.ts';
import { plusMinus, roundToError } from '../tables/number.ts';
import type { EstimateResult } from './estimate-result.ts';
import { kidText } from './kid-of-sides.ts';

/** What `study estimate` found, a line each: FID, FID at infinity, the bias, C, KID. */
export function headline({ estimation, kid, labels }: EstimateResult): string[] {
  const width = Math.max(...namedLines({ estimation, kid, labels }).map(([name]) => name.length));
  return namedLines({ estimation, kid, labels }).map(
    ([name, text]) => `${name.padEnd(width)}  ${text}`,
  );
}

/** The same for a report: FID at infinity first, because it is what was asked. */
export function estimateAnswer(result: EstimateResult): string[] {
  const lines = namedLines(result).map(([name, text]) => `${name}: ${text.replaceAll('  ', ', ')}`);
  const [fid, limit, ...others] = lines;
  return result.estimation.infinity ? [limit!, fid!, ...others] : lines;
}

function namedLines({
  estimation,
  kid,
  labels,
}: Pick<EstimateResult, 'estimation' | 'kid' | 'labels'>): [string, string][] {
  const { rows, referenceRows, fid, fidError, infinity, isRecommended, constant } = estimation;
  // The bias has its own line.
  const lines: [string, string][] = [
    ['FID', `${plusMinus(fid, fidError)}  ${fidCaption({ rows, referenceRows }, null)}`],
  ];
  if (infinity) {
    const why = `${infinity.method}${isRecommended ? ', chosen by N and d' : ''}`;
    lines.push(['FID at infinity', `${withInterval(infinity)}  ${why}`]);
    const bias = roundToError(fid - infinity.estimate, infinity.se).value;
    lines.push(['bias at this N', bias]);
  }
  lines.push(['C (bias = C/N)', constantText(constant, labels !== null)]);
  if (kid) lines.push(['KID ± SE', kidText(kid.kid, kid.se)]);
  return lines;
}

function constantText(
  { fourth, gaussian, stratified }: EstimateResult['estimation']['constant'],
  isStratified: boolean,
): string {
  if (!fourth) return `${roundToError(gaussian, null).value}  for Gaussian features`;
  const byMoments = plusMinus(fourth.value, fourth.se);
  if (stratified) {
    return `${plusMinus(stratified.value, stratified.se)}  from draws with the class shares; ${byMoments} if images were independent`;
  }
  if (isStratified) {
    return `${byMoments}  for independent images; too large for a set with fixed class shares`;
  }
  return `${byMoments}  from fourth moments; ${roundToError(gaussian, fourth.se).value} if features were Gaussian`;
}

/** `4.61 ± 0.05 [4.51, 4.71]` */
export function withInterval({ estimate, se, lower, upper }: Estimate): string {
  const text = plusMinus(estimate, se);
  if (lower === null || upper === null || se === null) return `${text} (no interval)`;
  return `${text} [${roundToError(lower, se).value}, ${roundToError(upper, se).value}]`;
}
