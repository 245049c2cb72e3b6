import { StudyError } from '../errors.ts';
import { causeStudy } from './cause.ts';
import { cfmGapStudy } from './cfm-gap/study.ts';
import { estimatorsStudy } from './estimators.ts';
import { jitterStudy } from './jitter.ts';
import type { StudyKind } from './kind.ts';
import { practiceStudy } from './practice.ts';
import { publishedPairsStudy } from './published-pairs.ts';
import { realImagesStudy } from './real-images.ts';
import { sweepStudy } from './sweep.ts';

/** Every kind of study; `defineStudy` says how to add one. */
export const kinds: readonly StudyKind[] = [
  sweepStudy,
  cfmGapStudy,
  publishedPairsStudy,
  realImagesStudy,
  estimatorsStudy,
  jitterStudy,
  causeStudy,
  practiceStudy,
];

/** @throws StudyError for a name that is none of them */
export function kindOf(name: string, path: string): StudyKind {
  const kind = kinds.find((each) => each.name === name);
  if (!kind) {
    const names = kinds.map((each) => each.name).join(', ');
    throw new StudyError(`unknown kind of study in ${path}: ${name}`, `the kinds are ${names}`);
  }
  return kind;
}
