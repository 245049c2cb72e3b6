import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { sha256Of } from '../../arrays/sha256.ts';
import { StudyError } from '../../errors.ts';
import { splitOf } from '../../images/datasets/names.ts';
import { openImages } from '../../images/open.ts';
import { passedOverNotes } from '../../images/passed-over.ts';
import type { JobPlan } from '../../jobs/job.ts';
import { type ArrayOptions, prepareOrGather } from '../../jobs/prepare.ts';
import { workOn } from '../../jobs/work.ts';
import { isNetworkPath } from '../../models/custom/extractor.ts';
import { resolveExtractor } from '../../models/resolve.ts';
import { cacheFolder } from '../../provenance/cache-folder.ts';
import { takeLock } from '../../provenance/lock.ts';
import { requireOutFolder } from '../../provenance/out-folder.ts';
import { requireOutside } from '../deliver.ts';
import { type ExtractionOptions, selectionOf } from '../options.ts';
import { placesOf } from '../provider.ts';
import { settingsOf } from '../settings.ts';
import { type Gathering, gatherFeatures, gatherMoments } from './gather.ts';
import { type Keeps, planOf } from './job.ts';
import { imagesJob } from './kind.ts';

export interface BlocksOptions extends ExtractionOptions {
  readonly out: string;
  readonly keeps: Keeps;
  /** Leaves the blocks to the tasks of an array job; default: this process makes them. */
  readonly array?: Omit<ArrayOptions, 'folder'> | undefined;
  readonly signal: AbortSignal;
}

/** What was written to `out`. */
export interface BlocksResult {
  readonly rows: number;
  readonly dimension: number;
  readonly model: string;
  readonly mode: string;
  readonly comparable: boolean;
  readonly machines: number;
  readonly notes: readonly string[];
}

/**
 * Extracts images block by block: their features, or their mean and covariance alone, so that no features
 * are kept anywhere. Each block is made deterministically, so that the result does not depend on who makes
 * which.
 *
 * @throws Unfinished while an array job has units to make; StudyError as `extractEmbeddings`
 */
export async function extractBlocks(path: string, options: BlocksOptions): Promise<BlocksResult> {
  const { model, mode, out, keeps, array, skipBad = false, signal } = options;
  const selection = selectionOf(options);
  if (typeof model !== 'string') throw new StudyError('no model', 'name one: --model NAME');
  const checked = settingsOf({ ...options, deterministic: true });
  placesOf(checked.provider, options.devices);
  await requireOutFolder(out, keeps === 'features' ? 'embeddings' : 'moments');
  const source = await openImages(path, selection);
  try {
    await requireOutside(out, source.path);
    const extractor = await resolveExtractor(model, mode);
    const settings = settingsOf({ ...options, extractor, deterministic: true });
    const input = {
      images: splitOf(path) ? path : resolve(path),
      model: isNetworkPath(model) ? resolve(model) : model,
      mode: extractor.mode,
    };
    const plan = await planOf({
      ...{ source, extractor, settings, input },
      ...{ selection, skipBad, keeps, signal },
    });
    const embeddings = { ...options, selection, source, extractor };
    const gathering = { options: embeddings, settings, out };
    const { rows, machines } = array
      ? await gathered(keeps, {
          ...gathering,
          folder: out,
          complete: await prepareOrGather(plan, { ...array, folder: out }),
        })
      : await byItself(plan, options, gathering);
    const { dimension, name, comparable } = extractor;
    const notes = passedOverNotes(source);
    return { rows, dimension, model: name, mode: extractor.mode, comparable, machines, notes };
  } finally {
    await source.close();
  }
}

/** Makes all blocks in this process. Those that are done are kept in the cache until all are. */
async function byItself(
  plan: JobPlan,
  { keeps, networks, signal, onProgress }: BlocksOptions,
  gathering: Omit<Gathering, 'folder' | 'complete'>,
) {
  const name = sha256Of(JSON.stringify([plan.identity, plan.code, plan.probe]));
  const folder = cacheFolder('blocks', name.slice(0, 32));
  const lock = await takeLock(`${folder}.lock`, {
    what: 'the same images are being extracted',
    hint: 'wait for it, and run this again',
  });
  try {
    const options = { folder, isMixed: false };
    const onMissing: ArrayOptions['onMissing'] = async (_, job) => {
      await workOn(
        folder,
        job,
        imagesJob,
        { part: 0, of: 1 },
        {
          workers: networks,
          signal,
          onProgress: (done, total) =>
            onProgress?.({ phase: 'extracting', done, total, resumed: 0, skipped: 0 }),
        },
      );
    };
    const complete = await prepareOrGather(plan, { ...options, onMissing });
    const result = await gathered(keeps, { ...gathering, folder, complete });
    await rm(folder, { recursive: true, force: true });
    return result;
  } finally {
    await lock.release();
  }
}

async function gathered(
  keeps: Keeps,
  gathering: Gathering,
): Promise<{ readonly rows: number; readonly machines: number }> {
  const gather = keeps === 'features' ? gatherFeatures : gatherMoments;
  const { rows } = await gather(gathering);
  return { rows, machines: gathering.complete.machines.length };
}
