import { StudyError } from '../errors.ts';
import type { Rows, Sample } from './sample.ts';

/** What the arrays beside the features are called. */
export const extraArrays = {
  logits: 'class scores (logits)',
  spatial: 'spatial features',
} as const;

export type ExtraArray = keyof typeof extraArrays;

/** Says how to get an array that is not there. */
export function lacksArray(array: ExtraArray, what: string): StudyError {
  return new StudyError(
    `${what} has no ${extraArrays[array]}`,
    `extract its images with --model fid-inception --outputs pool,${array}, or leave out the metric`,
  );
}

/** An array of a sample. @throws StudyError if it is not there */
export function required(sample: Sample, array: ExtraArray): Rows {
  const rows = sample[array];
  if (!rows) throw lacksArray(array, 'a set of features');
  return rows;
}
