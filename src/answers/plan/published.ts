import {
  type BiasConstant,
  type ConstantChoice,
  datasetConstant,
  givenConstant,
} from '../correct/bias-constant.ts';
import { spreadBetweenModels } from '../correct/families.ts';
import { labelNotes } from '../correct/notes.ts';
import type { PublishedPair } from '../correct/pairs.ts';
import { samplingVariance } from '../correct/sampling-error.ts';
import type { FidErrors } from './fid-errors.ts';

/** A data set, or a constant; and the FID of the models, about, if it is known. */
export interface PublishedSource {
  readonly dataset?: string | undefined;
  readonly constant?: number | undefined;
  readonly constantSe?: number | undefined;
  readonly fid?: number | undefined;
}

/**
 * What the error of an FID is made of, by published numbers alone.
 *
 * @param pairs all published pairs
 * @throws StudyError for a data set without a constant
 */
export function publishedErrors(
  { dataset, constant, constantSe = 0, fid }: PublishedSource,
  choice: ConstantChoice,
  pairs: readonly PublishedPair[],
): { name: string; errors: FidErrors; hasSpread: boolean; notes: string[] } {
  const ofDataset = dataset === undefined ? null : datasetConstant(dataset, pairs, choice);
  const found: BiasConstant = ofDataset ?? givenConstant(constant!, constantSe, pairs);
  const rule = 'the spread of FID follows published FIDs: SD ≈ k √(FID/N)';
  return {
    name: dataset ?? `C-${constant}`,
    errors: {
      constant: found,
      ...(fid === undefined
        ? { first: 0, second: 0 }
        : samplingVariance({ level: fid, constant: found.value, unit: found.unit })),
      betweenModels: spreadBetweenModels(pairs)?.spread ?? 0,
    },
    hasSpread: fid !== undefined,
    notes: [...(ofDataset ? labelNotes(ofDataset) : []), ...(fid === undefined ? [] : [rule])],
  };
}
