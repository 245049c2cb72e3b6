import { largestOf } from '../../arrays/extremes.ts';
import { fidAgainstInverseN } from '../../charts/fid-against-inverse-n.ts';
import { type Line, linesAgainstN } from '../../charts/lines-against-n.ts';
import type { NamedChart } from '../../charts/render.ts';
import type { SweepResult } from '../../sweep/run.ts';
import { thousands } from '../../tables/number.ts';
import { Z95 } from '../../theory/normal.ts';
import { mean, variance } from '../../theory/statistics.ts';
import type { ConstantsRow, RealImagesResult } from './result.ts';

/** Names of the comparisons that are not of corrupted images. */
export const NULL = 'null';
export const FORWARD = 'train against test';
export const BACKWARD = 'test against train';

/** The charts of a study of real images. */
export function realImagesCharts(result: RealImagesResult): NamedChart[] {
  const { comparisons, constants } = result;
  const ofNull = comparisons.find(({ experiment }) => experiment === NULL)!;
  const forward = comparisons.find(({ experiment }) => experiment === FORWARD)!;
  const corrupted = comparisons.filter(
    ({ experiment }) => ![NULL, FORWARD, BACKWARD].includes(experiment),
  );
  const theory = constants.find(({ experiment }) => experiment === NULL)!;
  return [
    { name: 'null', spec: nullChart(ofNull, theory) },
    { name: 'law', spec: lawChart(result) },
    { name: 'kid-against-n', spec: kidChart(result) },
    ...(forward.estimand
      ? [{ name: 'train-against-test', spec: fidAgainstInverseN(chartData(forward)) }]
      : []),
    { name: 'fid-of-corruptions', spec: fidOfCorruptions(corrupted) },
    { name: 'kid-of-corruptions', spec: kidOfCorruptions(result, corrupted) },
  ];
}

function nullChart(ofNull: SweepResult, theory: ConstantsRow) {
  const both = (constant: number) => (size: number) =>
    constant * (1 / size + 1 / theory.reference_rows);
  return linesAgainstN({
    title: 'FID of real images against real images',
    subtitle: `two random halves of the training images, ${thousands(theory.reference_rows)} images each: the true FID is 0`,
    description:
      'FID of draws of one half of the training images against the other half, by the number of images, both axes log, with the bias that two formulas predict.',
    valueTitle: 'FID',
    isLog: true,
    lines: [meansOf(ofNull, 'mean ± 1.96 MCSE')],
    curves: [
      { name: 'Gaussian C (1/N + 1/M)', at: both(theory.gaussian) },
      { name: 'fourth-moment C', at: both(theory.fourth) },
    ],
  });
}

function lawChart({ slopes, constants }: RealImagesResult) {
  const line = (experiment: string): Line => ({
    name: shownName(experiment),
    points: slopes
      .filter((each) => each.experiment === experiment)
      .map(({ from, to, slope, mcse }) => ({
        size: Math.round(Math.sqrt(from * to)),
        value: slope,
        lower: slope - Z95 * (mcse ?? 0),
        upper: slope + Z95 * (mcse ?? 0),
      })),
  });
  return linesAgainstN({
    title: 'Slope of FID on 1/N between sizes',
    subtitle:
      'level if FID follows C/N; bars ± 1.96 MCSE; dashed and dotted: predicted C, in the colour of its comparison',
    description:
      'Slope of FID on one over N between neighbouring sizes, against the geometric mean of the two, for three comparisons, with two predicted constants of each as level lines in its colour.',
    valueTitle: 'slope C',
    isLog: false,
    sizeTitle: 'geometric mean of the two sizes',
    lines: [line(NULL), line(FORWARD), line(BACKWARD)],
    curves: constants.flatMap(({ experiment, gaussian, fourth }) => [
      { name: 'Gaussian C', of: shownName(experiment), at: () => gaussian },
      { name: 'fourth-moment C', of: shownName(experiment), at: () => fourth },
    ]),
  });
}

/** The control of the charts of FID: KID of the same comparisons does not depend on N. */
function kidChart(result: RealImagesResult) {
  return linesAgainstN({
    title: 'KID of real images against real images',
    subtitle: 'mean ± 1.96 MCSE: KID stays at that of the whole pool, while FID falls as 1/N',
    description:
      'Mean KID against the number of images, for two halves of the training images, whose true KID is 0, and for training against test images: level within its error at every N.',
    valueTitle: 'KID × 10⁶',
    isLog: false,
    lines: [NULL, FORWARD].map((experiment) => kidLine(result, experiment)),
    curves: [{ name: 'true KID of the halves', at: () => 0 }],
  });
}

function fidOfCorruptions(corrupted: readonly SweepResult[]) {
  return linesAgainstN({
    title: 'FID of corrupted images',
    subtitle: `the same ${thousands(largest(corrupted))} training images, clean and corrupted, against the test images`,
    description:
      'Mean FID against the number of images, for clean and for mildly corrupted training images: a better set with fewer images scores worse than a worse set with more.',
    valueTitle: 'FID',
    isLog: false,
    lines: corrupted.map((each) => meansOf(each, each.experiment)),
  });
}

function kidOfCorruptions(result: RealImagesResult, corrupted: readonly SweepResult[]) {
  return linesAgainstN({
    title: 'KID of corrupted images',
    subtitle: 'mean ± 1.96 MCSE; KID has no bias in N',
    description:
      'Mean KID against the number of images, for clean and for mildly corrupted training images.',
    valueTitle: 'KID × 10⁶',
    isLog: false,
    lines: corrupted.map(({ experiment }) => kidLine(result, experiment)),
  });
}

function kidLine({ kids }: RealImagesResult, experiment: string): Line {
  const rows = kids.filter((row) => row.experiment === experiment);
  const sizes = [...new Set(rows.map(({ size }) => size))];
  return {
    name: shownName(experiment),
    points: sizes.map((size) => {
      const values = rows.filter((row) => row.size === size).map(({ kid }) => 1e6 * kid);
      const value = mean(values);
      const half = Z95 * Math.sqrt((variance(values) ?? 0) / values.length);
      return { size, value, lower: value - half, upper: value + half };
    }),
  };
}

/** The null compares two halves of one set; other experiments are named by what they compare. */
function shownName(experiment: string): string {
  return experiment === NULL ? 'half against half' : experiment;
}

function meansOf({ performance }: SweepResult, name: string): Line {
  return {
    name,
    points: performance.flatMap(({ measure, size, value, lower, upper }) =>
      measure === 'mean' && value !== null
        ? [{ size, value, lower: lower ?? value, upper: upper ?? value }]
        : [],
    ),
  };
}

function largest(results: readonly SweepResult[]): number {
  return largestOf(results.flatMap(({ estimates }) => estimates.map(({ size }) => size)));
}

function chartData({ estimates, performance, estimand, fit }: SweepResult) {
  const seeds = new Set(estimates.map(({ seed }) => seed)).size;
  return {
    title: `training against test images, ${seeds} seeds`,
    estimates,
    performance,
    estimand: estimand!,
    published: [],
    fit,
  };
}
