import { type LabelledLine, labelledLines } from '../../charts/labelled-lines.ts';
import type { NamedChart } from '../../charts/render.ts';
import { metricNamed } from '../../metrics/registry.ts';
import { thousands } from '../../tables/number.ts';
import { type BiasRow, type EffectRow, SURROGATE } from './result.ts';

/** The charts of a study of metrics, from its tables. */
export function metricsCharts(
  biases: readonly BiasRow[],
  effects: readonly EffectRow[],
): NamedChart[] {
  const corruption = mildest(effects);
  const ofMildest = effects.filter((row) => row.corruption === corruption);
  return [
    ...(corruption === undefined
      ? []
      : [{ name: 'bias-over-effect', spec: biasOverEffect(ofMildest, corruption) }]),
    { name: 'relative-bias', spec: relativeBias(biases) },
  ];
}

const KINDS =
  'triangles: depends on N; squares: no limit in N; circles: unbiased, what is left is chance';

/** The corruption that moves FID least. */
export function mildest(effects: readonly EffectRow[]): string | undefined {
  const ofFid = effects.filter(({ metric }) => metric === 'fid');
  return ofFid.sort((a, b) => Math.abs(a.effect) - Math.abs(b.effect))[0]?.corruption;
}

function biasOverEffect(effects: readonly EffectRow[], corruption: string) {
  const at = effects[0]!.effect_size;
  return labelledLines({
    title: 'Bias over the difference that one wants to see',
    subtitle: [
      `change of a metric from N to ${thousands(at)} images, over the effect of ${corruption} at N = ${thousands(at)}; above 1 fewer images hide it`,
      KINDS,
    ],
    description: `For each metric, the change of its mean from a smaller number of images to ${thousands(at)}, divided by what the corruption ${corruption} changes at ${thousands(at)} images, both axes log.`,
    valueTitle: '|bias| / effect',
    level: { value: 1, name: 'bias = effect' },
    lines: linesOf(
      effects.filter(({ size }) => size < at),
      ({ ratio }) => ratio,
    ),
  });
}

function relativeBias(biases: readonly BiasRow[]) {
  const own = biases.filter(({ experiment }) => experiment === SURROGATE);
  const largest = Math.max(...own.map(({ size }) => size));
  return labelledLines({
    title: 'Every metric against N',
    subtitle: [
      `two Gaussians in 256 dimensions, N images against ${thousands(largest)} fresh references: distance from the value at N = ${thousands(largest)}`,
      KINDS,
    ],
    description: `For each metric, the relative difference of its mean at N images from that at ${thousands(largest)} images, both axes log.`,
    valueTitle: 'relative difference',
    lines: linesOf(
      own.filter(({ relative }) => relative !== null),
      ({ relative }) => Math.abs(relative!),
    ),
  });
}

const KIND = { limit: 0, unbiased: 1, 'no-limit': 2 } as const;

function linesOf<Row extends { readonly metric: string; readonly size: number }>(
  rows: readonly Row[],
  toValue: (row: Row) => number,
): LabelledLine[] {
  return [...new Set(rows.map(({ metric }) => metric))].map((metric) => ({
    name: metric,
    kind: KIND[metricNamed(metric).inN],
    points: rows
      .filter((row) => row.metric === metric)
      .map((row) => ({ size: row.size, value: toValue(row) })),
  }));
}
