import { existsSync } from 'node:fs';
import { StudyError } from '../../errors.ts';
import { datasets } from './cifar10.ts';
import type { Dataset } from './dataset.ts';

/** A split by its name: `cifar10:train`. */
export interface Split {
  readonly dataset: Dataset;
  readonly split: string;
}

/** The names of a data set's splits: `cifar10:train`, `cifar10:test`. */
export function splitNames({ name, splits }: Dataset): string[] {
  return Object.keys(splits).map((split) => `${name}:${split}`);
}

/**
 * What a user may have named instead of a path: `cifar10:train`. A file of that very name is
 * `./cifar10:train`; of a bare `cifar10`, a file or folder is taken first.
 *
 * @returns undefined if it is no data set's name
 * @throws StudyError for a data set without its split, or with one that it does not have
 */
export function splitOf(text: string): Split | undefined {
  const [name, ...rest] = text.split(':');
  const dataset = datasets.find((each) => each.name === name);
  if (!dataset) return undefined;
  const split = rest.join(':');
  if (Object.hasOwn(dataset.splits, split)) return { dataset, split };
  if (rest.length === 0 && existsSync(text)) return undefined;
  throw new StudyError(
    rest.length === 0 ? `${name} has several splits` : `${name} has no split '${split}'`,
    `name one: ${splitNames(dataset).join(', ')}`,
  );
}

/** @throws StudyError for a name that is not known */
export function findDataset(name: string): Dataset {
  const found = datasets.find((each) => each.name === name);
  if (found) return found;
  const known = datasets.map((each) => each.name).join(', ');
  throw new StudyError(`unknown data set: ${name}`, `known data sets: ${known}`);
}
