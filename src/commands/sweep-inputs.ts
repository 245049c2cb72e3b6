import { basename, dirname } from 'node:path';
import { StudyError } from '../errors.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import { requireComparable } from '../sources/comparable.ts';
import { referenceOfSide, type Side } from '../sources/side.ts';
import { loadSurrogate } from '../sources/surrogate.ts';
import {
  poolInputs,
  type SideProvenance,
  type SweepInputs,
  surrogateInputs,
} from '../sweep/inputs.ts';
import type { SweepSettings } from '../sweep/settings.ts';
import type { ExtractionFlags } from './embeddings-of.ts';
import { openSides } from './open-side.ts';

/**
 * Opens what a sweep draws from: a surrogate, or a pool of features against a reference.
 *
 * @param flags for images alone
 * @throws StudyError for an unknown source, sides that cannot be compared, or a pool of statistics
 */
export async function openInputs(
  { source, reference, generated, model, force, exact_moments }: SweepSettings,
  flags: ExtractionFlags,
): Promise<{ inputs: SweepInputs; close(): void }> {
  const algebra = sharedAlgebra();
  if (reference === undefined || generated === undefined) {
    const surrogate = await loadSurrogate(source!, algebra);
    return { inputs: surrogateInputs(surrogate, exact_moments), close() {} };
  }
  const sides = await openSides(reference, generated, { ...flags, model });
  const close = () => {
    sides.reference.close();
    sides.generated.close();
  };
  try {
    if (sides.generated.kind === 'statistics') {
      throw new StudyError(
        `${generated} holds statistics; a sweep draws rows`,
        'give features or images as the generated side, or a surrogate with these statistics',
      );
    }
    requireComparable(sides.reference, sides.generated, force);
    const prepared = await referenceOfSide(sides.reference, algebra);
    const inputs = poolInputs(prepared, sides.generated, {
      name: nameOf(generated),
      reference: provenance(sides.reference),
      generated: provenance(sides.generated),
    });
    return { inputs, close };
  } catch (error) {
    close();
    throw error;
  }
}

function provenance({ path, sha256, rows, extractor }: Side): SideProvenance {
  const { name: model = null, mode = null, comparable = null } = extractor ?? {};
  return { path, sha256, rows, model, mode, comparable };
}

/** A folder's or file's own name; of `DIR/features.npy` it is DIR that says something. */
function nameOf(path: string): string {
  const name = basename(path).replace(/\.(npy|npz|zip)$/i, '');
  return name === 'features' ? basename(dirname(path)) || name : name;
}
