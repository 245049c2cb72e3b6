import { plusMinus } from '../../src/tables/number.ts';
import type { Row } from './page.ts';

const three = (value: number) => String(Number(value.toPrecision(3)));

/** A value of the table of docs/findings.md; KID times 10⁶. */
function cell(rows: readonly Row[], metric: string, size: number): string {
  const row = rows.find((each) => each.metric === metric && each.size === size)!;
  const scale = metric === 'kid' ? 1e6 : 1;
  const value = scale * Number(row.value);
  return row.mcse === null ? three(value) : plusMinus(value, scale * Number(row.mcse));
}

function share(reversals: readonly Row[], metric: string, isFewer: boolean): string {
  const rows = reversals.filter(
    (row) =>
      row.measure === metric &&
      (isFewer
        ? Number(row.better_size) < Number(row.worse_size)
        : row.better_size === row.worse_size),
  );
  const seeds = rows.reduce((sum, row) => sum + Number(row.seeds), 0);
  const wrong = rows.reduce(
    (sum, row) => sum + Math.round(Number(row.reversed) * Number(row.seeds)),
    0,
  );
  return `${Math.round((100 * wrong) / seeds)} %`;
}

/** The table of metrics, row by row, from the study's tables. */
export function metricRows(
  biases: readonly Row[],
  effects: readonly Row[],
  reversals: readonly Row[],
): string[][] {
  const clean = biases.filter(({ experiment }) => experiment === 'clean');
  return [...new Set(clean.map(({ metric }) => String(metric)))].map((metric) => {
    const effect = effects.find(
      (row) => row.metric === metric && row.corruption === 'blur:0.33' && row.size === 250,
    )!;
    return [
      metric === 'kid' ? '`kid` × 10⁶' : `\`${metric}\``,
      ...[250, 1000, 25_000].map((size) => cell(clean, metric, size)),
      String(Number(Number(effect.ratio).toPrecision(2))),
      share(reversals, metric, false),
      share(reversals, metric, true),
    ];
  });
}

/** The table of MIND's claim. */
export function claimRows(claim: readonly Row[]): string[][] {
  return claim.map((row) => [
    String(row.metric).toUpperCase() + (row.method === 'plug-in' ? '' : `, \`${row.method}\``),
    Number(row.size).toLocaleString('en'),
    three(Number(row.truth)),
    plusMinus(Number(row.mean), Number(row.bias_mcse)),
    `${(100 * Number(row.relative_rmse)).toFixed(0)} %`,
    `${(100 * Number(row.relative_sd)).toFixed(1)} %`,
  ]);
}
