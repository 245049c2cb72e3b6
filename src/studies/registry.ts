import { StudyError } from '../errors.ts';
import { estimatorsStudy } from './bake-off/study.ts';
import { causeStudy } from './cause/study.ts';
import { cfmGapStudy } from './cfm-gap/study.ts';
import { jitterStudy } from './jitter/study.ts';
import type { StudyKind } from './kind.ts';
import { labelProtocolStudy } from './label-protocol/study.ts';
import { metricsStudy } from './metrics/study.ts';
import { practiceStudy } from './practice/study.ts';
import { publishedPairsStudy } from './published-pairs/study.ts';
import { realImagesStudy } from './real-images/study.ts';
import { sweepStudy } from './sweep/study.ts';

/** Every kind of study; `defineStudy` says how to add one. */
export const kinds: readonly StudyKind[] = [
  sweepStudy,
  cfmGapStudy,
  publishedPairsStudy,
  labelProtocolStudy,
  realImagesStudy,
  estimatorsStudy,
  jitterStudy,
  causeStudy,
  practiceStudy,
  metricsStudy,
];

/** @throws StudyError for an unknown name */
export function kindOf(name: string, path: string): StudyKind {
  const kind = kinds.find((each) => each.name === name);
  if (!kind) {
    const names = kinds.map((each) => each.name).join(', ');
    throw new StudyError(`unknown kind of study in ${path}: ${name}`, `the kinds are ${names}`);
  }
  return kind;
}
