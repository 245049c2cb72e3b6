import { metricOf } from '../../tables/metric-column.ts';
import type { EstimateRow } from '../../tables/rows.ts';
import { mean, variance } from '../../theory/statistics.ts';
import { type BiasRow, CLEAN, type EffectRow } from './result.ts';

/** Metrics at each size of each comparison, against their value at its largest size. */
export function biasRows(rows: readonly EstimateRow[]): BiasRow[] {
  return groups(rows, ({ experiment }) => experiment).flatMap((ofExperiment) =>
    groups(ofExperiment, metricOf).flatMap((ofMetric) => {
      const sizes = groups(ofMetric, ({ size }) => String(size)).sort(
        (a, b) => a[0]!.size - b[0]!.size,
      );
      const largest = mean(valuesOf(sizes.at(-1)!));
      return sizes.flatMap((of, i): BiasRow[] => {
        const values = valuesOf(of);
        if (values.length === 0) return [];
        const [value, square] = [mean(values), variance(values)];
        const isLargest = i === sizes.length - 1;
        return [
          {
            experiment: of[0]!.experiment,
            metric: metricOf(of[0]!),
            size: of[0]!.size,
            draws: values.length,
            value,
            mcse: square === null ? null : Math.sqrt(square / values.length),
            sd: square === null ? null : Math.sqrt(square),
            at_largest: largest,
            relative: isLargest || largest === 0 ? null : (value - largest) / Math.abs(largest),
          },
        ];
      });
    }),
  );
}

/** The clean set's dependence on N as a share of what each corruption does at the same, largest N. */
export function effectRows(
  biases: readonly BiasRow[],
  corruptions: readonly string[],
): EffectRow[] {
  const names = [...new Set(biases.map(({ metric }) => metric))];
  const of = (experiment: string, metric: string) =>
    biases.filter((row) => row.experiment === experiment && row.metric === metric);
  return names.flatMap((metric) =>
    corruptions.flatMap((corruption): EffectRow[] => {
      const worse = of(corruption, metric).at(-1);
      const clean = of(CLEAN, metric);
      const same = clean.find(({ size }) => size === worse?.size);
      if (!worse || !same) return [];
      const effect = worse.value - same.value;
      const errors = [worse, same].map(({ mcse }) => mcse ?? 0);
      return clean
        .filter(({ size }) => size !== same.size)
        .map((row) => ({
          metric,
          corruption,
          effect_size: same.size,
          effect,
          effect_mcse: Math.sqrt(errors[0]! ** 2 + errors[1]! ** 2),
          size: row.size,
          bias: row.value - same.value,
          ratio: Math.abs((row.value - same.value) / effect),
          noise: row.sd === null ? null : row.sd / Math.abs(effect),
        }));
    }),
  );
}

function valuesOf(rows: readonly EstimateRow[]): number[] {
  return rows.flatMap(({ estimate }) => (estimate === null ? [] : [estimate]));
}

function groups<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Row[][] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const of = found.get(key);
    if (of) of.push(row);
    else found.set(key, [row]);
  }
  return [...found.values()];
}
