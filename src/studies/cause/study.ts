import { join } from 'node:path';
import { z } from 'zod';
import { largestDimension } from '../../arrays/largest-dimension.ts';
import { renderCharts } from '../../charts/render.ts';
import { StudyError } from '../../errors.ts';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { loadSurrogate } from '../../surrogates/load.ts';
import { largestSize, mostDraws } from '../../sweep/sizes.ts';
import { toCsv } from '../../tables/csv.ts';
import { writeWhole } from '../../tables/files.ts';
import { fileOfExperiment } from '../experiment.ts';
import { defineStudy } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';
import { causeCharts, reportedGap } from './charts.ts';
import { type CurvePoint, curvePoint, exponents, selfSurrogate } from './curve.ts';
import { drawKey, GAP_COLUMNS, gapRows } from './gap.ts';
import { readScipy } from './scipy.ts';
import { causeSummary } from './summary.ts';
import { type Switched, switchedOff } from './switched-off.ts';

const size = z.int().positive().max(largestSize);
const dimension = z.int().positive().max(largestDimension);

const settingsSchema = z.strictObject({
  /** A surrogate in one eigenbasis. */
  source: z.string().min(1).default('cifar10-cfm'),
  /** The smaller and the larger number of images. */
  sizes: z.tuple([size, size]).default([5000, 50_000]),
  draws: z.int().min(2).max(mostDraws).default(4),
  /** Leading dimensions to project on. */
  dimensions: z.array(dimension).max(100).default([64, 192, 768]),
  /** Exponent of the curves' power-law spectrum: that of the source. */
  exponent: z.number().nonnegative().default(1.25),
  curves: z
    .array(
      z.strictObject({
        spectrum: z.enum(['power-law', 'isotropic']),
        dimension: dimension.min(2),
        // A size is dimension times ratio.
        ratios: z.array(z.number().positive().max(1e5)).min(3).max(1000),
        draws: z.int().min(2).max(mostDraws),
      }),
    )
    .min(1)
    .max(100),
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
    const planned = Array.from({ length: draws }, (_, i) => i + 1).flatMap((draw) =>
      sizes.map((size) => {
        const key = drawKey(size, draw);
        return {
          key: [identity, key, dimensions],
          async compute() {
            signal.throwIfAborted();
            return switchedOff(surrogate, size, key, dimensions, algebra);
          },
        };
      }),
    );
    const single = await steps.all(planned, (done) => bar.update(done, planned.length));
    bar.stop();
    const switched = Array.from({ length: draws }, (_, draw): [Switched, Switched] => {
      return [single[2 * draw]!, single[2 * draw + 1]!];
    });
    const scipy = settings.scipy
      ? await readScipy(fileOfExperiment(experiment, settings.scipy), sizes)
      : null;
    const gaps = gapRows(switched, dimension, dimensions, scipy?.ways ?? []);

    // 2. Bias over N/d.
    const along = context.progress('curves', 'points');
    const ordered = curves.map((curve) => {
      return { ...curve, ratios: [...curve.ratios].sort((a, b) => a - b) };
    });
    const curveSteps = [];
    for (const curve of ordered) {
      const self = await selfSurrogate(curve, exponent, algebra);
      for (const ratio of curve.ratios) {
        const { ratios: _, ...rest } = curve;
        curveSteps.push({
          key: ['curve', rest, exponent, ratio],
          async compute() {
            signal.throwIfAborted();
            return curvePoint(curve, self, ratio, algebra);
          },
        });
      }
    }
    const total = curveSteps.length;
    const flat = await steps.all(curveSteps, (done) => along.update(done, total));
    along.stop();
    const points = ordered.map(({ ratios }, i): CurvePoint[] => {
      const before = ordered.slice(0, i).reduce((sum, each) => sum + each.ratios.length, 0);
      return flat.slice(before, before + ratios.length);
    });

    // 3. Tables and charts.
    const path = (name: string) => join(folder, name);
    await writeWhole(path('switched-off.csv'), toCsv(GAP_COLUMNS, gaps));
    const curveRows = points.flatMap((own) => {
      const powers = exponents(own);
      return own.map((point, i) => ({ ...point, exponent: powers[i]! }));
    });
    await writeWhole(path('curve.csv'), toCsv(CURVE_COLUMNS, curveRows));
    const chartsOf = causeCharts(gaps, points, surrogate.definition, sizes);
    const charts = await renderCharts(chartsOf.charts, folder);
    const reported = reportedGap(surrogate.definition, sizes);
    const summary = causeSummary(gaps, curveRows, sizes[0] / dimension, reported);
    const manifest = await writeStudyManifest(context, settings, {
      inputs: { surrogate: identity, scipy: scipy?.versions ?? null },
      reported_gap: reported,
      summary,
    });
    return {
      files: [
        path('switched-off.csv'),
        path('curve.csv'),
        manifest,
        ...charts.flatMap(({ paths }) => paths),
      ],
      lines: [`${experiment.name}: ${chartsOf.title}`, ...summary],
    };
  },
});

const CURVE_COLUMNS = [
  'spectrum',
  'dimension',
  'size',
  'ratio',
  'draws',
  'bias',
  'mcse',
  'scaled',
  'scaled_mcse',
  'expected',
  'exponent',
] as readonly (keyof CurvePoint | 'exponent')[];

function requireDiagonal(kind: string, source: string): void {
  if (kind === 'diagonal') return;
  throw new StudyError(
    `${source} is defined by statistics files`,
    'give a surrogate defined by its spectrum: both sides must share an eigenbasis',
  );
}
