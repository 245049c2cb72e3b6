import { StudyError } from '../errors.ts';
import { openCifar } from './cifar.ts';
import type { Split } from './datasets/names.ts';
import { inspectSplit, splitFiles } from './datasets/store.ts';
import type { ImageSource } from './source.ts';

const complaints = { absent: 'has not been pulled', damaged: 'is damaged in the cache folder' };

/**
 * The images of a split that was pulled, its files' checksums verified.
 * @throws StudyError if it has not been pulled, or is damaged
 */
export async function openSplit(split: Split): Promise<ImageSource> {
  const { name } = split.dataset;
  const state = await inspectSplit(split);
  if (state !== 'ready') {
    throw new StudyError(`data set ${name} ${complaints[state]}`, `run: study data pull ${name}`);
  }
  // By the list of files: anything else in the folder has no checksum.
  return openCifar(`${name}:${split.split}`, splitFiles(split));
}
