import { join } from 'node:path';
import { z } from 'zod';
import { pairConstant } from '../../answers/correct/pair-constant.ts';
import { publishedPairs } from '../../answers/correct/pairs.ts';
import { renderCharts } from '../../charts/render.ts';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { mostDraws } from '../../sweep/sizes.ts';
import type { SweepOutput } from '../../sweep/to-folder.ts';
import { toCsv } from '../../tables/csv.ts';
import { writeWhole } from '../../tables/files.ts';
import type { Measure } from '../../tables/rows.ts';
import { defineStudy, type StudyContext } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';
import { checkedSamples, ownRoute } from './own-samples.ts';
import { cfmChart, cfmTable, inWords } from './report.ts';
import {
  modelSpread,
  type Prediction,
  publishedRoutes,
  type Report,
  withErrors,
} from './routes.ts';
import { biasRatio, type Shape, shapeDraws } from './sensitivity.ts';

const settingsSchema = z.strictObject({
  /** Seeds of the surrogate's draws. */
  seeds: z.int().min(2).max(mostDraws).default(5),
  study_seed: z.number().int().nonnegative().default(0),
  /** Exponents of the spectrum, with Gaussian tails. */
  exponents: z.array(z.number().min(0).max(100)).max(100).default([0.8, 1, 1.25, 1.5]),
  /** Degrees of freedom of multivariate t, with the exponent of cifar10-cfm. */
  tails: z.array(z.int().min(5).max(1_000_000)).max(100).default([6, 10]),
  /** Simulated draws of each of these. */
  draws: z.int().min(2).max(mostDraws).default(10),
  /** A user's own samples: features or images of both sides. */
  reference: z.string().optional(),
  generated: z.string().optional(),
  /** For images. */
  model: z.string().optional(),
  mode: z.string().optional(),
  /** Sets to take from files that hold several. */
  entry: z.array(z.string().min(1)).max(8).optional(),
});

export type CfmGapSettings = z.output<typeof settingsSchema>;

const N = 50_000;
const FEW = 5000;
const EXPONENT = 1.25;

/** The report of Conditional Flow Matching, 5.12 at 50,000 and 9.75 at 5,000, by three routes. */
export const cfmGapStudy = defineStudy({
  name: 'cfm-gap',
  summary: '5.12 at 50,000 images and 9.75 at 5,000: predicted by three routes',
  settings: settingsSchema,
  async run(settings, context) {
    const report = reported();
    const samples = await checkedSamples(settings, context);
    // 1. The routes.
    const surrogate = await surrogateRoute(report, settings, context);
    const published = publishedRoutes(report, publishedPairs());
    const own = samples && (await ownRoute(samples, settings, context));
    // 2. The effect of spectrum and tails on the first route.
    const sensitivity = await sensitivityRoutes(report, settings, context, surrogate.errors);
    const predictions = [
      surrogate.prediction,
      ...published,
      ...sensitivity,
      ...(own ? [own.prediction] : []),
    ];
    // 3. One table, one chart.
    const { folder } = context;
    const table = join(folder, 'predictions.csv');
    await writeWhole(table, toCsv(COLUMNS, predictions.map(rowOf(report, own?.reported))));
    const charts = await renderCharts(
      [{ name: 'predicted-against-reported', spec: cfmChart(predictions, report, own?.reported) }],
      folder,
    );
    const summary = inWords(predictions, report);
    const manifest = await writeStudyManifest(context, settings, { report, summary });
    return {
      files: [table, manifest, ...charts.flatMap(({ paths }) => paths)],
      lines: [cfmTable(predictions, report, own?.reported), '', ...summary, ...(own?.lines ?? [])],
    };
  },
});

const COLUMNS = [
  'route',
  'label',
  'fid',
  'lower',
  'upper',
  'reported',
  'error',
  'inside',
  'basis',
] as const;

function rowOf({ fidTo }: Report, own: number | undefined) {
  return ({ route, label, fid, lower, upper, basis }: Prediction) => {
    const target = route === 'own samples' ? (own ?? fidTo) : fidTo;
    return {
      route,
      label,
      fid,
      lower,
      upper,
      reported: target,
      error: fid - target,
      inside: lower <= target && target <= upper,
      basis,
    };
  };
}

/** The pair that all routes are compared with, from the table of published pairs. */
function reported(): Report {
  const pair = publishedPairs().find(({ model }) => model === 'OT-CFM')!;
  return {
    dataset: pair.dataset,
    from: { generated: pair.n_gen_b!, reference: pair.n_ref_b },
    fidFrom: pair.fid_b!.value,
    to: { generated: pair.n_gen_a, reference: pair.n_ref_a },
    fidTo: pair.fid_a.value,
  };
}

/** Standard errors that the surrogate's prediction and its variations share. */
interface SurrogateErrors {
  /**
   * Relative errors of the calibration: of the published difference of one model that sets the trace,
   * and of carrying it over to another model.
   */
  readonly calibration: readonly [number, number];
  /** Degrees of freedom of the spread between models. */
  readonly degrees: number;
  /** SD of one FID at 5,000 and at 50,000; the reported 5.12 has the latter too. */
  readonly sampling: readonly [number, number];
}

/**
 * The surrogate through draws and FIDs: DDPM's pair sets its trace and 5.12 at 50,000 its level; the
 * FID at 5,000 is predicted.
 */
async function surrogateRoute(
  report: Report,
  { seeds, study_seed }: CfmGapSettings,
  { sweep, folder }: StudyContext,
): Promise<{ prediction: Prediction; errors: SurrogateErrors }> {
  const input = { source: 'cifar10-cfm', sizes: [FEW, N], seeds, study_seed };
  const { performance } = await sweep(input, join(folder, 'surrogate'));
  const few = measured(performance, FEW, 'mean');
  const many = measured(performance, N, 'mean');
  const ddpm = pairConstant(publishedPairs().find(({ model }) => model === 'DDPM')!);
  const { spread, degrees } = modelSpread(publishedPairs());
  const errors = {
    calibration: [Math.max(ddpm.se / ddpm.value, spread), spread],
    degrees,
    sampling: [
      measured(performance, FEW, 'empirical_se').value,
      measured(performance, N, 'empirical_se').value,
    ],
  } as const;
  const basis = `${seeds} seeds of Gaussian draws; trace by DDPM’s 5.24 and 3.17, level by ${report.fidFrom} at 50,000`;
  const rise = few.value - many.value;
  return {
    prediction: withErrors(
      { route: 'surrogate', label: 'surrogate, drawn', fid: few.value, basis },
      [few.mcse, ...errors.calibration.map((share) => share * rise), ...errors.sampling],
      degrees,
    ),
    errors,
  };
}

function measured(rows: SweepOutput['performance'], size: number, measure: Measure) {
  const row = rows.find((each) => each.size === size && each.measure === measure);
  return { value: row?.value ?? Number.NaN, mcse: row?.mcse ?? 0 };
}

/** Other spectra and tails, each calibrated to DDPM's pair again. */
async function sensitivityRoutes(
  { fidFrom }: Report,
  { exponents, tails, draws: count, study_seed }: CfmGapSettings,
  { steps, progress, signal }: StudyContext,
  { calibration, degrees: ofSpread, sampling }: SurrogateErrors,
): Promise<Prediction[]> {
  const algebra = sharedAlgebra();
  const shapes: Shape[] = [
    ...exponents.map((exponent) => ({ exponent, tails: null })),
    ...tails.map((degrees) => ({ exponent: EXPONENT, tails: degrees })),
  ];
  const line = progress('simulating', 'steps');
  const total = shapes.length + count * (1 + tails.length);
  let done = 0;
  const step = () => {
    signal.throwIfAborted();
    line.update(++done, total);
  };
  const ddpm = publishedPairs().find(({ model }) => model === 'DDPM')!;
  const fall = ddpm.fid_a.value - ddpm.fid_b!.value;
  const predictions: Prediction[] = [];
  try {
    const kinds = [null, ...tails].map((degrees) => {
      return { degrees, wanted: shapes.filter((shape) => shape.tails === degrees) };
    });
    const simulated = await steps.all(
      kinds.map(({ degrees, wanted }) => {
        return {
          key: ['ratios', wanted, count, study_seed],
          async compute() {
            const draws = await shapeDraws(degrees, count, study_seed, algebra, step);
            const found = [];
            for (const shape of wanted) {
              found.push(await biasRatio(shape, draws, algebra));
              step();
            }
            return found;
          },
        };
      }),
    );
    for (const [k, { degrees, wanted }] of kinds.entries()) {
      const ratios = simulated[k]!;
      for (const [i, { value, se }] of ratios.entries()) {
        const { exponent } = wanted[i]!;
        const kind = degrees === null ? 'Gaussian' : `t (${degrees} d.f.)`;
        const rise = fall * value;
        predictions.push(
          withErrors(
            {
              route: 'sensitivity',
              label: `exponent ${exponent}, ${kind}`,
              fid: fidFrom + rise,
              basis: `bias falls ${value.toFixed(3)} ± ${se.toFixed(3)} times as far from 5,000 to 50,000 as from 10,000 (d = 512, same N/d); 2.25 for 1/N`,
            },
            [fall * se, ...calibration.map((share) => share * rise), ...sampling],
            ofSpread,
          ),
        );
      }
    }
  } finally {
    line.stop();
  }
  return predictions;
}
