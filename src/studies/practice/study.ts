import { join } from 'node:path';
import { z } from 'zod';
import { renderCharts } from '../../charts/render.ts';
import { distanceOfExactMoments } from '../../draws/exact-moments.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { resolveExtractor } from '../../models/resolve.ts';
import { provenanceOf } from '../../sides/provenance.ts';
import { cachedReference } from '../../sides/reference-cache.ts';
import { referenceOfSide, type Side } from '../../sides/side.ts';
import { loadSurrogate } from '../../surrogates/load.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';
import { largestSize, mostDraws } from '../../sweep/sizes.ts';
import { toCsv } from '../../tables/csv.ts';
import { writeWhole } from '../../tables/files.ts';
import { thousands } from '../../tables/number.ts';
import { type TimingRow, timingRow, writeTimings } from '../../tables/timings.ts';
import { identify } from '../jitter/identify.ts';
import { BASELINE } from '../jitter/variations.ts';
import { defineStudy, type StudyContext } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';
import { practiceChart } from './chart.ts';
import { averaged, CHECK_COLUMNS, type CheckRow, comparison } from './checks.ts';
import { extractionSpeed, speedVariations } from './extraction-speed.ts';
import { withRolesExchanged, worseModel } from './models.ts';

const whole = z.int().positive().max(largestSize);
const few = z.int().positive().max(1024);

const settingsSchema = z.strictObject({
  source: z.string().min(1).default('cifar10-cfm'),
  /** The worse model's population FID over the source's: a factor on both of its terms. */
  worse: z.number().gt(1).default(1.25),
  /** Few images, and enough of them. */
  sizes: z.tuple([whole, whole]).default([5000, 50_000]),
  /** Numbers of images whose bias is measured. */
  bias_sizes: z.array(whole).min(2).max(1000),
  reference_sizes: z.array(whole).min(1).max(1000),
  draws: z.int().min(2).max(mostDraws).default(5),
  /** Images and a network to time; optional. */
  extraction: z
    .strictObject({
      images: z.string().min(1),
      glob: z.string().optional(),
      limit: whole,
      seed: z.union([z.string(), z.number()]),
      model: z.string().min(1),
      batch_sizes: z.array(few).min(1).max(100),
      networks: z.array(few).min(1).max(100),
      /** The reference set whose statistics are cached. */
      reference: z.strictObject({ path: z.string().min(1), glob: z.string().optional() }),
    })
    .nullish(),
});

type Settings = z.output<typeof settingsSchema>;

/** The usual advice on sample sizes: its effect on bias and on run time. */
export const practiceStudy = defineStudy({
  name: 'practice',
  summary: 'the usual advice on sample sizes: its effect on bias and on run time',
  settings: settingsSchema,
  async run(settings, context) {
    const { folder } = context;
    const algebra = sharedAlgebra();
    const surrogate = await loadSurrogate(settings.source, algebra);
    const draw = drawer(settings, context, algebra);
    const checks = [
      ...(await sameSize(settings, surrogate, draw, algebra)),
      ...(await enoughImages(settings, surrogate, draw)),
      ...(await referenceSizes(settings, surrogate, draw, algebra)),
    ];
    draw.stop();
    const { extraction } = settings;
    const found = extraction ? await machineChecks(extraction, context, algebra) : undefined;
    checks.push(...(found?.checks ?? []));
    const timings = found?.timings ?? [];
    const path = (name: string) => join(folder, name);
    await writeWhole(path('practice.csv'), toCsv(CHECK_COLUMNS, checks));
    await writeTimings(path('timings.csv'), timings);
    const charts = await renderCharts(
      [{ name: 'practice', spec: practiceChart(checks, surrogate) }],
      folder,
    );
    const manifest = await writeStudyManifest(context, settings, {
      inputs: { surrogate: surrogate.definition, ...found?.inputs },
      ...(found && { baseline: BASELINE }),
    });
    return {
      files: [
        path('practice.csv'),
        path('timings.csv'),
        manifest,
        ...charts.flatMap(({ paths }) => paths),
      ],
      lines: [
        ...checks.map(lineOf),
        ...timings.map(({ what, rate, unit }) => `${what}: ${rate} ${unit}/s`),
      ],
    };
  },
});

/**
 * FIDs of seeded draws of a surrogate at one size, each saved when it is done. Draws with the same
 * `noise` use the same normals for every surrogate.
 */
interface Drawer {
  (surrogate: Surrogate, size: number, noise?: string): Promise<number[]>;
  stop(): void;
}

function drawer(
  { draws }: Settings,
  { steps, signal, progress }: StudyContext,
  algebra: LinearAlgebra,
): Drawer {
  const bar = progress('drawing', 'draws');
  let done = 0;
  const draw = async (surrogate: Surrogate, size: number, noise?: string) => {
    const { definition, source } = surrogate;
    const before = done;
    const note = `${definition.name} at ${thousands(size)}`;
    const found = await steps.all(
      Array.from({ length: draws }, (_, i) => {
        const key = ['practice', ...(noise === undefined ? [] : [noise]), size, i + 1];
        return {
          key: [definition, key],
          async compute() {
            signal.throwIfAborted();
            return distanceOfExactMoments(source.geometry, size, key, algebra);
          },
        };
      }),
      (some) => {
        done = before + some;
        bar.update(done, before + draws, note);
      },
    );
    return found.map(({ distance }) => distance);
  };
  return Object.assign(draw, { stop: bar.stop });
}

async function sameSize(
  { worse: factor, sizes: [few, many] }: Settings,
  better: Surrogate,
  draw: Drawer,
  algebra: LinearAlgebra,
): Promise<CheckRow[]> {
  const advice = 'the same N for every model';
  const worse = await worseModel(better, factor, algebra);
  const truth = worse.population.distance - better.population.distance;
  const at = async (size: number) => ({
    better: await draw(better, size),
    worse: await draw(worse, size, worse.definition.name),
    paired: await draw(worse, size),
  });
  const [small, large] = [await at(few), await at(many)];
  const same = 'the same noise';
  const names = [few, many].map(thousands);
  return [
    {
      advice,
      setting: 'in truth',
      measure: 'difference of FID',
      value: truth,
      mcse: null,
      draws: null,
    },
    ...comparison(
      advice,
      {
        setting: `the better model at ${names[0]}, the worse at ${names[1]}`,
        better: small.better,
        worse: large.worse,
      },
      truth,
    ),
    ...[small, large].flatMap((own, i) => [
      ...comparison(advice, { setting: `both at ${names[i]}`, ...own }, truth),
      ...comparison(
        advice,
        { setting: `both at ${names[i]}, ${same}`, better: own.better, worse: own.paired },
        truth,
      ),
    ]),
  ];
}

async function enoughImages(
  { bias_sizes: sizes }: Settings,
  surrogate: Surrogate,
  draw: Drawer,
): Promise<CheckRow[]> {
  const rows: CheckRow[] = [];
  for (const size of [...sizes].sort((a, b) => a - b)) {
    const fids = await draw(surrogate, size);
    const names = { advice: 'at least 50,000 images', setting: `${thousands(size)} images` };
    const biases = fids.map((fid) => fid - surrogate.population.distance);
    rows.push(averaged({ ...names, measure: 'bias' }, biases));
  }
  return rows;
}

async function referenceSizes(
  { reference_sizes: sizes }: Settings,
  surrogate: Surrogate,
  draw: Drawer,
  algebra: LinearAlgebra,
): Promise<CheckRow[]> {
  const exchanged = await withRolesExchanged(surrogate, algebra);
  const rows: CheckRow[] = [];
  for (const size of [...sizes].sort((a, b) => a - b)) {
    const fids = await draw(exchanged, size);
    const setting = `statistics of ${thousands(size)} real images`;
    const names = { advice: 'precomputed reference statistics', setting, measure: 'bias' };
    rows.push(
      averaged(
        names,
        fids.map((fid) => fid - exchanged.population.distance),
      ),
    );
  }
  return rows;
}

/** What can only be timed: batches, networks side by side, and cached statistics. */
async function machineChecks(
  { images, glob, limit, seed, model, ...lists }: NonNullable<Settings['extraction']>,
  context: StudyContext,
  algebra: LinearAlgebra,
): Promise<{ checks: CheckRow[]; timings: TimingRow[]; inputs: Record<string, unknown> }> {
  const extractor = await resolveExtractor(model);
  const selection = { limit, seed, ...(glob !== undefined && { glob }) };
  const { name, mode, sha256, comparable } = extractor;
  const job = { images, selection, corruption: 'jpeg:50', extractor };
  const ways = speedVariations(lists.batch_sizes, lists.networks);
  const { checks, timings } = await extractionSpeed(job, ways, context);
  const { path: real, ...chosen } = lists.reference;
  const side = await context.openSide(real, { model, selection: chosen });
  try {
    timings.push(...(await cachedStatistics(side, context.experiment.name, algebra)));
    const inputs = {
      images: await identify(images, selection, context.signal),
      model: { name, mode, sha256, comparable },
      reference: { ...provenanceOf(side), ...(side.notes?.length && { notes: side.notes }) },
    };
    return { checks, timings, inputs };
  } finally {
    side.close();
  }
}

async function cachedStatistics(
  side: Side,
  experiment: string,
  algebra: LinearAlgebra,
): Promise<TimingRow[]> {
  // Fills the cache, so that it can be read below.
  await cachedReference(side, algebra);
  const seconds = async (work: () => Promise<unknown>) => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
  };
  const rows = side.rows ?? 0;
  const advice = 'precomputed reference statistics';
  const row = (what: string, time: number) =>
    timingRow({ experiment, what: `${advice}: ${what}`, count: rows, unit: 'rows', seconds: time });
  return [
    row('computed from features', await seconds(() => referenceOfSide(side, algebra))),
    row('read from the cache', await seconds(() => cachedReference(side, algebra))),
  ];
}

function lineOf({ advice, setting, measure, value, mcse }: CheckRow): string {
  const error = mcse === null ? '' : ` ± ${mcse.toPrecision(1)}`;
  return `${advice}; ${setting}: ${measure} ${Number(value.toPrecision(4))}${error}`;
}
