import { join } from 'node:path';
import { z } from 'zod';
import { biasAgainstRatio, type RatioCurve } from '../../charts/bias-against-ratio.ts';
import { renderCharts } from '../../charts/render.ts';
import { StudyError } from '../../errors.ts';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { loadSurrogate } from '../../surrogates/load.ts';
import { toCsv } from '../../tables/csv.ts';
import { writeWhole } from '../../tables/files.ts';
import { thousands } from '../../tables/number.ts';
import { gaussianBiasConstant } from '../../theory/gaussian-moments.ts';
import { isotropicBias } from '../../theory/marchenko-pastur.ts';
import { fileOfExperiment } from '../experiment.ts';
import { defineStudy } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';
import { type CurvePoint, curvePoint, exponents, selfSurrogate } from './curve.ts';
import { drawKey, GAP_COLUMNS, type GapRow, gapRows } from './gap.ts';
import { readScipy } from './scipy.ts';
import { drawsOf, percent, sharesChart } from './shares-chart.ts';
import { type Switched, switchedOff } from './switched-off.ts';

const settingsSchema = z.strictObject({
  /** A surrogate in one eigenbasis. */
  source: z.string().min(1).default('cifar10-cfm'),
  /** The smaller and the larger number of images. */
  sizes: z.tuple([z.int().positive(), z.int().positive()]).default([5000, 50_000]),
  draws: z.int().min(2).default(4),
  /** Leading dimensions to project on. */
  dimensions: z.array(z.int().positive()).default([64, 192, 768]),
  /** Exponent of the curves' power-law spectrum: that of the source. */
  exponent: z.number().nonnegative().default(1.25),
  curves: z
    .array(
      z.strictObject({
        spectrum: z.enum(['power-law', 'isotropic']),
        dimension: z.int().min(2),
        ratios: z.array(z.number().positive()).min(3),
        draws: z.int().min(2),
      }),
    )
    .min(1),
  /** FIDs of the same first draws by SciPy, written by `cause/scipy.mjs` next to the experiment. */
  scipy: z.string().min(1).nullish(),
});

/** Tests the usual explanations of why FID is larger at 5,000 images than at 50,000. */
export const causeStudy = defineStudy({
  name: 'cause',
  summary: 'why FID is larger with fewer images: each explanation switched off in turn',
  settings: settingsSchema,
  async run(settings, context) {
    const { source, sizes, draws, dimensions, exponent, curves } = settings;
    const { steps, folder, signal, experiment } = context;
    const algebra = sharedAlgebra();
    const surrogate = await loadSurrogate(source, algebra);
    const { dimension } = surrogate.source.geometry;
    requireDiagonal(surrogate.source.geometry.map.kind, source);
    const identity = surrogate.definition;

    // 1. One draw after another, with each part of its error switched off.
    const bar = context.progress('switching off', 'draws');
    const switched: [Switched, Switched][] = [];
    for (let draw = 1; draw <= draws; draw++) {
      const pair: Switched[] = [];
      for (const size of sizes) {
        signal.throwIfAborted();
        bar.update(switched.length * 2 + pair.length, 2 * draws);
        const key = drawKey(size, draw);
        const compute = () => switchedOff(surrogate, size, key, dimensions, algebra);
        pair.push(await steps.do([identity, key, dimensions], compute));
      }
      switched.push([pair[0]!, pair[1]!]);
    }
    bar.stop();
    const scipy = settings.scipy
      ? await readScipy(fileOfExperiment(experiment, settings.scipy), sizes)
      : null;
    const gaps = gapRows(switched, dimension, dimensions, scipy?.ways ?? []);

    // 2. Bias over N/d.
    const points: CurvePoint[][] = [];
    const along = context.progress('curves', 'points');
    const total = curves.reduce((sum, { ratios }) => sum + ratios.length, 0);
    for (const curve of curves) {
      const self = await selfSurrogate(curve, exponent, algebra);
      const own: CurvePoint[] = [];
      for (const ratio of [...curve.ratios].sort((a, b) => a - b)) {
        signal.throwIfAborted();
        along.update(points.flat().length + own.length, total);
        const { ratios: _, ...rest } = curve;
        const compute = () => curvePoint(curve, self, ratio, algebra);
        own.push(await steps.do(['curve', rest, exponent, ratio], compute));
      }
      points.push(own);
    }
    along.stop();

    // 3. Tables and charts.
    const path = (name: string) => join(folder, name);
    await writeWhole(path('switched-off.csv'), toCsv(GAP_COLUMNS, gaps));
    const curveRows = points.flatMap((own) => {
      const powers = exponents(own);
      return own.map((point, i) => ({ ...point, exponent: powers[i]! }));
    });
    await writeWhole(path('curve.csv'), toCsv(CURVE_COLUMNS, curveRows));
    const [small, large] = sizes;
    const marked = [
      { ratio: small / dimension, text: thousands(small) },
      { ratio: large / dimension, text: thousands(large) },
    ];
    const title = `${surrogate.definition.name}, ${thousands(small)} against ${thousands(large)} images`;
    const reported = reportedGap(surrogate.definition.published, sizes);
    const charts = await renderCharts(
      [
        { name: 'cause-shares', spec: sharesChart(gaps, title, reported) },
        {
          name: 'bias-against-ratio',
          spec: biasAgainstRatio({
            title: 'each distribution compared with itself',
            markedTitle: `dotted: N in ${thousands(dimension)} dimensions`,
            measured: points.map(measuredCurve),
            expected: expectedCurves(points.flat()),
            marked,
          }),
        },
      ],
      folder,
    );
    const summary = summarise(gaps, curveRows, small / dimension, reported);
    const manifest = await writeStudyManifest(context, settings, {
      inputs: { surrogate: identity, scipy: scipy?.versions ?? null },
      ...{ reported_gap: reported, summary },
    });
    return {
      files: [
        ...[path('switched-off.csv'), path('curve.csv'), manifest],
        ...charts.flatMap(({ paths }) => paths),
      ],
      lines: [`${experiment.name}: ${title}`, ...summary],
    };
  },
});

const CURVE_COLUMNS = [
  ...['spectrum', 'dimension', 'size', 'ratio', 'draws', 'bias', 'mcse', 'scaled', 'scaled_mcse'],
  ...['expected', 'exponent'],
] as readonly (keyof CurvePoint | 'exponent')[];

function requireDiagonal(kind: string, source: string): void {
  if (kind === 'diagonal') return;
  throw new StudyError(
    `${source} is defined by statistics files`,
    'give a surrogate defined by its spectrum: both sides must share an eigenbasis',
  );
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

function reportedGap(
  published: readonly { readonly size: number; readonly fid: number }[],
  [small, large]: readonly [number, number],
): number | null {
  const at = (size: number) => published.find((point) => point.size === size)?.fid;
  const [a, b] = [at(small), at(large)];
  return a === undefined || b === undefined ? null : Number((a - b).toPrecision(12));
}

function summarise(
  gaps: readonly GapRow[],
  curve: readonly (CurvePoint & { readonly exponent: number | null })[],
  ratio: number,
  reported: number | null,
): string[] {
  const [plugIn, ...others] = gaps;
  const against = reported === null ? '' : `, ${reported} reported`;
  const near = (own: readonly (typeof curve)[number][]) =>
    own.reduce((a, b) =>
      Math.abs(Math.log(b.ratio / ratio)) < Math.abs(Math.log(a.ratio / ratio)) ? b : a,
    );
  const names = [
    ...new Set(curve.map(({ spectrum, dimension }) => `${spectrum}, d = ${dimension}`)),
  ];
  const inWords = (each: (typeof curve)[number]) =>
    `${each.exponent!.toFixed(2)} at N/d = ${each.ratio.toFixed(2)}`;
  const powers = names.map((name) => {
    const own = curve.filter(
      ({ spectrum, dimension, exponent }) =>
        `${spectrum}, d = ${dimension}` === name && exponent !== null,
    );
    const at = near(own);
    const most = own.reduce((x, y) => (y.exponent! > x.exponent! ? y : x));
    return `the bias falls as N^-p (${name}): p = ${inWords(at)}, at most ${inWords(most)}`;
  });
  return [
    `gap ${plugIn!.gap.toFixed(3)} ± ${plugIn!.mcse?.toFixed(3) ?? '–'}${against}`,
    ...others.map((row) => {
      const fewer = row.draws === plugIn!.draws ? '' : `, ${drawsOf(row)}`;
      return `${row.switched_off}: ${percent(row)} of it disappears${fewer}`;
    }),
    ...powers,
    ...againstTheory(curve),
  ];
}

/** Largest distance of a point from theory, in units of its error. */
function againstTheory(curve: readonly CurvePoint[]): string[] {
  const off = curve.flatMap(({ scaled, scaled_mcse, expected }) =>
    expected === null ? [] : [Math.abs(scaled - expected) / scaled_mcse],
  );
  if (off.length === 0) return [];
  return [
    `isotropic: all ${off.length} points lie within ${Math.max(...off).toFixed(1)} Monte-Carlo SE of the Marchenko–Pastur law, which is smooth`,
  ];
}
