import type { AnyConstant } from '../answers/correct/answer.ts';
import type { PublishedPair } from '../answers/correct/pairs.ts';
import { referenceConstant } from '../answers/correct/reference-constant.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import { openSide } from '../sides/open.ts';
import { extracting } from './extracting.ts';
import type { SideFlags } from './image-flags.ts';
import { described, sideNotes } from './side-notes.ts';

/** A constant, and the set that it comes from. */
export interface FoundConstant {
  readonly constant: AnyConstant;
  readonly reference: ReturnType<typeof described> | null;
  readonly notes: readonly string[];
}

/**
 * The constant of a set of real images.
 *
 * @returns undefined when it was interrupted
 */
export async function constantOfReference(
  path: string,
  flags: SideFlags,
  pairs: readonly PublishedPair[],
): Promise<FoundConstant | undefined> {
  const side = await extracting(flags, (options) => openSide(path, options));
  if (!side) return undefined;
  try {
    const found = await referenceConstant(side, pairs, sharedAlgebra());
    return { constant: found, reference: described(side), notes: sideNotes(side) };
  } finally {
    side.close();
  }
}
