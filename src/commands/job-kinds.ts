import { imagesJob } from '../embeddings/blocks/kind.ts';
import { StudyError } from '../errors.ts';
import type { JobKind } from '../jobs/kind.ts';
import { stepsJob } from '../studies/units/kind.ts';
import { drawsJob } from '../sweep/array/kind.ts';
import { stepEntry, studyServices } from './study-services.ts';

/** Every kind of job that `study worker` can do. */
export const jobKinds: readonly JobKind[] = [
  drawsJob,
  imagesJob,
  stepsJob((signal) => studyServices(signal, 1, false), stepEntry),
];

/** @throws StudyError for a kind of another version */
export function jobKindOf(name: string): JobKind {
  const kind = jobKinds.find((each) => each.name === name);
  if (kind) return kind;
  throw new StudyError(
    `unknown kind of job: ${name}`,
    'install the version of fid-study that prepared it',
  );
}
