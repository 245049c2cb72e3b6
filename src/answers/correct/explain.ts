import { percent, thousands } from '../../tables/number.ts';
import type { BiasConstant, DatasetConstant } from './bias-constant.ts';
import type { Correction } from './correct.ts';
import { inverseChange, type PairConstant, pairConstant, type Sizes } from './pair-constant.ts';
import type { PublishedPair } from './pairs.ts';
import { samplingFactor } from './sampling-error.ts';

/** All that made a correction, as lines for `--explain`. */
export function explainCorrection(
  fid: number,
  from: Sizes,
  to: Sizes,
  constant: BiasConstant | DatasetConstant,
  result: Correction,
  pairs: readonly PublishedPair[],
): string[] {
  return [
    ...arithmetic(fid, from, to, constant, result),
    ...interval(fid, to, constant, result),
    ...('dataset' in constant ? sources(constant, pairs) : []),
  ];
}

function arithmetic(
  fid: number,
  from: Sizes,
  to: Sizes,
  { value }: BiasConstant,
  { correction, fid: corrected }: Correction,
): string[] {
  const terms = [from.generated, from.reference].flatMap((n, i) => {
    const other = [to.generated, to.reference][i];
    return n === null || other === null || other === undefined || n === other
      ? []
      : [`${inverse(n)} − ${inverse(other)}`];
  });
  const change = inverseChange(from, to);
  return [
    'arithmetic',
    `  Δ(1/N + 1/M) = ${terms.join(' + ') || '0'} = ${significant(change)}`,
    `  C · Δ = ${thousands(Math.round(value))} · ${significant(change)} = ${significant(correction)}`,
    `  ${fid} − ${significant(correction)} = ${significant(corrected)}`,
  ];
}

function interval(
  fid: number,
  to: Sizes,
  constant: BiasConstant,
  { errors, quantile }: Correction,
): string[] {
  const { spread, degrees, se, secondOrderScale, dimension } = constant;
  const between = spread > 0 ? `, ${percent(spread)} between models` : '';
  const ofT = Number.isFinite(degrees) ? ` (Student's t, ${degrees} degrees of freedom)` : '';
  const rows: [number, string][] = [
    [errors.constant, `the constant: ± ${thousands(Math.round(se))}${between}`],
    [
      errors.secondOrder,
      `second order, D/N²: |D/C| is about ${Math.round(secondOrderScale)} images, by pairs at N ≤ 2,048${dimension === 2048 ? '' : `, scaled from 2,048 to ${thousands(dimension)} features`}`,
    ],
    [
      errors.reported,
      `the images behind ${fid}: SD ${(samplingFactor() * Math.sqrt(constant.unit)).toFixed(1)} √(FID∞/N), by published spreads`,
    ],
    [errors.target, `other images at ${count(to.generated)}, likewise`],
  ];
  return [
    `interval: ${quantile.toFixed(2)}${ofT} times the root of the sum of squares of`,
    ...rows.map(([sd, what]) => `  ${significant(sd).padStart(7)}  ${what}`),
  ];
}

function sources(
  { dataset, network, pairs: used }: DatasetConstant,
  all: readonly PublishedPair[],
) {
  const models = new Set(used.map(({ pair }) => pair));
  const rest = all.filter(
    (pair) => pair.dataset === dataset && pair.network === network && !models.has(pair),
  );
  return [
    `sources of C (${dataset})`,
    ...used.flatMap(sourceLines),
    ...(rest.length > 0 ? ['not used in C'] : []),
    ...rest.flatMap((pair) => [
      ...sourceLines(pairConstant(pair)).slice(0, -1),
      `      ${REASON[pair.use]}: ${pair.note ?? ''}`,
      `      ${pair.source}`,
    ]),
  ];
}

const REASON = {
  constant: 'other labels, or left out',
  test: 'test',
  'small-n': 'N too small',
  'counter-example': 'counter-example',
} as const;

function sourceLines({ pair, value, se }: PairConstant): string[] {
  const end = (fid: number, generated: number, reference: number | null) =>
    `${fid} (${count(generated)}${reference === null ? '' : ` : ${count(reference)}`})`;
  const ends = [end(pair.fid_a.value, pair.n_gen_a, pair.n_ref_a)];
  if (pair.fid_b && pair.n_gen_b !== null) {
    ends.push(end(pair.fid_b.value, pair.n_gen_b, pair.n_ref_b));
  }
  const constant = `${hundreds(value)} ± ${hundreds(se)}`;
  const labels = pair.label_protocol === 'none' ? '' : `, ${pair.label_protocol} labels`;
  return [
    `  ${constant.padStart(16)}  ${pair.model}: ${ends.join(' → ')}${labels}`,
    `      ${pair.source}`,
  ];
}

function inverse(n: number): string {
  return Number.isFinite(n) ? `1/${thousands(n)}` : '0';
}

/** `5,000`, or `∞`. */
export function count(n: number): string {
  return Number.isFinite(n) ? thousands(n) : '∞';
}

function significant(value: number): string {
  // Small ones without an exponent: 0.00018.
  return Math.abs(value) < 1e-3 ? String(Number(value.toPrecision(3))) : value.toPrecision(3);
}

function hundreds(value: number): string {
  return thousands(100 * Math.round(value / 100));
}
