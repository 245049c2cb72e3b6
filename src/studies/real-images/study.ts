import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { referenceOfFeatures } from '../../metrics/features.ts';
import type { Reference } from '../../metrics/reference.ts';
import { stream } from '../../random/stream.ts';
import { cachedReference } from '../../sides/reference-cache.ts';
import type { SweepResult } from '../../sweep/run.ts';
import { defineStudy, type StudyContext } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';
import { BACKWARD, FORWARD, NULL, realImagesCharts } from './charts.ts';
import { type BiasConstants, biasConstants } from './constants.ts';
import { type KernelBlocks, kernelBlocks, kidDraws, kidRows } from './kid-blocks.ts';
import { localSlopes } from './law.ts';
import { ranked, reversals } from './order.ts';
import { type SetPair, sweepPair } from './pair.ts';
import { halves, type Pool, poolOf, requireRows } from './pool.ts';
import type { RealImagesResult } from './result.ts';
import { type ImagesSettings, type RealImagesSettings, realImagesSettings } from './settings.ts';
import { summary } from './summary.ts';
import { screenLines, writeTables } from './tables.ts';

/**
 * FID on real images whose answer is known: two halves of one set, whose true FID is 0; the test
 * images against the training images, both ways; and corrupted training images, whose rank is known.
 */
export const realImagesStudy = defineStudy({
  name: 'real-images',
  summary: 'real images: two halves of one set, train against test, corruptions of known rank',
  settings: realImagesSettings,
  async run(settings, context) {
    const algebra = sharedAlgebra();
    const opened: Pool[] = [];
    try {
      const pairs = await openPairs(settings, context, algebra, opened);
      const result = await measure(pairs, settings, context, algebra);
      const files = await writeTables(context.folder, result);
      const { renderCharts } = await import('../../charts/render.ts');
      const charts = await renderCharts(realImagesCharts(result), context.folder);
      const manifest = await writeStudyManifest(context, settings, {
        summary: result.summary,
        notes: result.notes,
        inputs: Object.fromEntries(
          pairs.map(({ name, referencePool, generated }) => [
            name,
            { reference: referencePool.provenance, generated: generated.provenance },
          ]),
        ),
      });
      return {
        files: [...files, manifest, ...charts.flatMap(({ paths }) => paths)],
        lines: screenLines(result),
      };
    } finally {
      for (const pool of opened) pool.close();
    }
  },
});

/** Opens all sets of images, extracting features if needed, and lists the pairs to compare. */
async function openPairs(
  settings: RealImagesSettings,
  { openSide }: StudyContext,
  algebra: LinearAlgebra,
  opened: Pool[],
): Promise<SetPair[]> {
  const { model, mode, train, test, corrupted, sizes, seeds, study_seed: studySeed } = settings;

  async function open(
    name: string,
    { images, glob, limit, seed }: ImagesSettings,
    corrupt?: string,
  ): Promise<{ pool: Pool; reference: () => Promise<Reference> }> {
    const selection = {
      glob: glob || undefined,
      limit: limit ?? undefined,
      seed: seed ?? undefined,
      corrupt,
    };
    const side = requireRows(await openSide(images, { model, mode, selection, use: 'rows' }));
    const pool = poolOf(name, side);
    opened.push(pool);
    return { pool, reference: () => cachedReference(side, algebra) };
  }

  const ofTest = await open('test', test);
  const ofTrain = await open('train', train);
  const [half, other] = halves(ofTrain.pool, stream(studySeed, 'halves'));
  const toTest = { referencePool: ofTest.pool, reference: await ofTest.reference() };
  const common = { sizes, seeds, studySeed };
  const pairs: SetPair[] = [
    {
      ...common,
      name: NULL,
      referencePool: half,
      reference: await referenceOfFeatures(half, algebra),
      generated: other,
      isNull: true,
    },
    { ...common, ...toTest, name: FORWARD, generated: ofTrain.pool },
    {
      ...common,
      name: BACKWARD,
      referencePool: ofTrain.pool,
      reference: await ofTrain.reference(),
      generated: ofTest.pool,
    },
  ];
  const { limit, seed } = corrupted;
  for (const corruption of [undefined, ...corrupted.corruptions]) {
    const name = corruption ?? 'clean';
    const { pool } = await open(name, { ...train, limit, seed }, corruption);
    pairs.push({ ...common, ...toTest, name, sizes: corrupted.sizes, generated: pool });
  }
  return pairs;
}

async function measure(
  pairs: readonly SetPair[],
  settings: RealImagesSettings,
  context: StudyContext,
  algebra: LinearAlgebra,
): Promise<RealImagesResult> {
  const { kid, study_seed: studySeed, seeds } = settings;
  const { steps, signal, progress } = context;
  const results: SweepResult[] = [];
  for (const pair of pairs) results.push(await sweepPair(pair, context, algebra));

  const constants: RealImagesResult['constants'][number][] = [];
  const kids: RealImagesResult['kids'][number][] = [];
  for (const { name, referencePool, reference, generated, sizes } of pairs) {
    const inputs = [referencePool.provenance, generated.provenance].map(({ sha256, part }) => [
      sha256,
      part ?? null,
    ]);
    signal.throwIfAborted();
    if ([NULL, FORWARD, BACKWARD].includes(name)) {
      const key = ['bias constants', studySeed, ...inputs];
      const theory: BiasConstants = await steps.do(key, () =>
        biasConstants(referencePool, reference, generated, algebra),
      );
      constants.push({
        experiment: name,
        reference_rows: referencePool.rows,
        rows: generated.rows,
        plug_in: theory.plugIn,
        gaussian: theory.gaussian,
        fourth: theory.fourth,
        fourth_se: theory.fourthError,
        debiased: theory.debiased,
      });
    }
    // The reverse direction has the same pairs.
    if (name === BACKWARD) continue;
    const line = progress(`KID of ${name}`, 'pairs of blocks');
    const blocks: KernelBlocks = await steps
      .do(['kernel blocks, the same rows of each set', kid, studySeed, ...inputs], () =>
        kernelBlocks(referencePool, generated, { ...kid, studySeed }, algebra, signal, line.update),
      )
      .finally(line.stop);
    for (const row of kidRows(name, blocks, sizes, seeds, studySeed)) kids.push(row);
  }

  const slopes = results.flatMap(({ estimates }) => localSlopes(estimates));
  const sets = new Map(results.slice(3).map((each) => [each.experiment, each.estimates]));
  const order = ranked(sets);
  const byKid = new Map([...order.keys()].map((name) => [name, kidDraws(kids, name)]));
  const reversed = [...reversals(order, 'FID'), ...reversals(byKid, 'KID')];
  const incomparable = pairs[1]!.generated.provenance.comparable === false;
  const notes = [
    ...(incomparable ? [`FIDs of ${settings.model} are not comparable with published FIDs`] : []),
    `the ${seeds} draws of a size share the rows of one pool: their SD is too small by the factor √(1 − N/pool)`,
    ...new Set(
      pairs.flatMap(({ referencePool, generated }) =>
        [referencePool, generated].flatMap(({ notes }) => notes),
      ),
    ),
  ];
  const found = { comparisons: results, slopes, constants, kids, reversed, notes };
  return { ...found, summary: summary(found) };
}
