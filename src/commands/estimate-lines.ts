import type { Estimate } from '../estimators/estimate.ts';
import { fidCaption, referencesInWords } from '../tables/fid-caption.ts';
import { plusMinus, roundToError, thousands } from '../tables/number.ts';
import { textTable } from '../tables/text-table.ts';
import { plugInRows } from './estimate-record.ts';
import { type EstimateResult, estimateNotes } from './estimate-result.ts';
import { kidText } from './kid-of-sides.ts';
import { sideLine } from './side-notes.ts';

/** The screen of `study estimate`: the numbers, their meaning, and where the files are. */
export function estimateLines(
  result: EstimateResult,
  files: readonly string[],
  folder: string | undefined,
): string[] {
  const { reference, generated } = result;
  return [
    ...headline(result),
    ...(result.estimation.estimates.length > 1 ? ['', methodTable(result)] : []),
    '',
    `plug-in FID at other N against ${referencesInWords(result.estimation.referenceRows)}, with its 95 % interval over new images:`,
    predictionTable(result),
    '',
    `reference  ${sideLine(reference, result.estimation.referenceRows)}`,
    `generated  ${sideLine(generated, result.estimation.rows)}`,
    ...estimateNotes(result).map((note) => `note: ${note}`),
    ...(folder === undefined ? [] : [`${files.join(', ')} are in ${folder}`]),
  ];
}

function headline({ estimation, kid, labels }: EstimateResult): string[] {
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
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
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

function methodTable({ estimation }: EstimateResult): string {
  const { estimates, failures } = estimation;
  return textTable(
    {
      header: ['method', 'FID at infinity ± SE', '95 % interval'],
      rows: [
        ...estimates.map(({ method, estimate, se, lower, upper }) => [
          method,
          plusMinus(estimate, se),
          lower === null || upper === null ? '–' : `${shown(lower, se)} to ${shown(upper, se)}`,
        ]),
        ...failures.map(({ method, error }) => [method, '–', error.message]),
      ],
    },
    ['left', 'right', 'left'],
  );
}

const BASIS = { all: 'all images', draw: 'a subset', law: 'C/N' } as const;

function predictionTable({ estimation }: EstimateResult): string {
  const rows = plugInRows(estimation).map(({ size, fid, bias, lower, upper, basis }) => {
    const error = (upper - lower) / 4;
    const interval = `${shown(lower, error)} to ${shown(upper, error)}`;
    return [thousands(size), shown(fid, error), interval, shown(bias, error), BASIS[basis]];
  });
  return textTable({ header: ['N', 'FID', '95 % interval', 'of which bias', 'from'], rows }, [
    'right',
    'right',
    'left',
    'right',
    'left',
  ]);
}

function shown(value: number, error: number | null): string {
  return roundToError(value, error).value;
}
