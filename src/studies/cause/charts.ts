import { biasAgainstRatio, type RatioCurve } from '../../charts/bias-against-ratio.ts';
import type { NamedChart } from '../../charts/render.ts';
import type { SurrogateDefinition } from '../../surrogates/schema.ts';
import { thousands } from '../../tables/number.ts';
import { gaussianBiasConstant } from '../../theory/gaussian-moments.ts';
import { isotropicBias } from '../../theory/marchenko-pastur.ts';
import type { CurvePoint } from './curve.ts';
import type { GapRow } from './gap.ts';
import { sharesChart } from './shares-chart.ts';

/**
 * The charts of the study, and their title.
 *
 * @param gaps rows of switched-off.csv, the first of them with nothing switched off
 * @param curves points of curve.csv, by curve
 */
export function causeCharts(
  gaps: readonly GapRow[],
  curves: readonly (readonly CurvePoint[])[],
  surrogate: SurrogateDefinition,
  sizes: readonly [number, number],
): { title: string; charts: NamedChart[] } {
  const { name, dimension } = surrogate;
  const [small, large] = sizes;
  const title = `surrogate ${name}, ${thousands(small)} against ${thousands(large)} images`;
  const ratios = biasAgainstRatio({
    title: 'each distribution compared with itself',
    markedTitle: `dotted: N in ${thousands(dimension)} dimensions`,
    measured: curves.map(measuredCurve),
    expected: expectedCurves(curves.flat()),
    marked: sizes.map((size) => ({ ratio: size / dimension, text: thousands(size) })),
  });
  return {
    title,
    charts: [
      { name: 'cause-shares', spec: sharesChart(gaps, title, reportedGap(surrogate, sizes)) },
      { name: 'bias-against-ratio', spec: ratios },
    ],
  };
}

/** The gap reported for the model that the surrogate stands for; null without both values. */
export function reportedGap(
  { published }: Pick<SurrogateDefinition, 'published'>,
  [small, large]: readonly [number, number],
): number | null {
  const at = (size: number) => published.find((point) => point.size === size)?.fid;
  const [a, b] = [at(small), at(large)];
  return a === undefined || b === undefined ? null : Number((a - b).toPrecision(12));
}

function measuredCurve(points: readonly CurvePoint[]): RatioCurve {
  const { spectrum, dimension } = points[0]!;
  return {
    name: `${spectrum}, d = ${dimension}`,
    points: points.map(({ ratio, scaled, scaled_mcse: mcse }) => ({ ratio, scaled, mcse })),
  };
}

/** Marchenko–Pastur and its expansion in d/N, over the range of the points. */
function expectedCurves(points: readonly CurvePoint[]): RatioCurve[] {
  const own = points.filter(({ spectrum }) => spectrum === 'isotropic');
  const [first] = own;
  if (!first) return [];
  const d = first.dimension;
  const constant = gaussianBiasConstant(d, new Float64Array(d).fill(1));
  const ratios = points.map(({ ratio }) => ratio);
  const [low, high] = [Math.log(Math.min(...ratios)), Math.log(Math.max(...ratios))];
  const grid = Array.from({ length: 121 }, (_, i) => Math.exp(low + ((high - low) * i) / 120));
  const curve = (name: string, value: (ratio: number) => number): RatioCurve => ({
    name,
    points: grid.map((ratio) => ({ ratio, scaled: value(ratio) / constant, mcse: 0 })),
  });
  // isotropicBias to second order in c: 1 − I is c/8 + c²/64, and the next term in d is c/8.
  const expansion = (ratio: number) => {
    const [n, c] = [ratio * d, d / (ratio * d - 1)];
    return d + 2 * n * (d * (c / 8 + c ** 2 / 64) + c / 8);
  };
  return [
    curve('Marchenko–Pastur', (ratio) => isotropicBias(d, ratio * d)),
    curve('second-order expansion', expansion),
  ];
}
