import { type TakeOptions, takeSource } from '../../downloads/source.ts';
import { cacheFolder } from '../../provenance/cache-folder.ts';
import { findDataset } from './names.ts';
import { inspectDataset, storeDataset } from './store.ts';

/**
 * Makes a data set ready to be read: fetches its archive, checks the digest, and unpacks it into the
 * cache folder. A complete one is left alone.
 *
 * @returns the folder of its splits
 * @throws StudyError for an unknown name, an archive that is out of reach or is not the right file,
 *   and a cache folder that cannot be written
 */
export async function pullDataset(name: string, options: TakeOptions = {}): Promise<string> {
  const dataset = findDataset(name);
  const { onStep = () => {} } = options;
  if ((await inspectDataset(dataset)) === 'ready') {
    onStep('already pulled, and its checksums are right');
  } else {
    const archive = await takeSource(dataset.source, options);
    onStep('unpacking');
    await storeDataset(dataset, archive);
    // With a local copy nothing was fetched: a partial download belongs to another process.
    if (options.from === undefined) await dataset.source.discard?.();
  }
  return cacheFolder('data', name);
}
