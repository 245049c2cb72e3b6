import { type RowOverlap, rowHashes, rowOverlap } from '../metrics/row-hashes.ts';
import { thousands } from '../tables/number.ts';
import type { Side } from './side.ts';

/**
 * Largest share of a set's rows that may be repeated, or also be in the reference, if the set is to
 * count as independent images. Data sets have a few twins: CIFAR-10 has 1 in 2,000.
 */
const TOLERATED = 1e-3;

/** Hashing a set reads it once; a command needs the hashes more than once. */
const known = new WeakMap<Side, Float64Array>();

/** Rows of a side that are repeated, and those also in the reference; null for statistics. */
export function overlapOf(side: Side, reference?: Side): RowOverlap | null {
  const hashes = hashesOf(side);
  return hashes && rowOverlap(hashes, (reference && hashesOf(reference)) ?? undefined);
}

/** Whether the images are independent: neither repeated nor shared by both sides. */
export function isIndependent(reference: Side, generated: Side): boolean {
  const own = overlapOf(reference);
  const overlap = overlapOf(generated, reference);
  const few = (count: number, rows: number) => count <= TOLERATED * rows;
  return (
    (own === null || few(own.rows - own.distinct, own.rows)) &&
    (overlap === null ||
      (few(overlap.rows - overlap.distinct, overlap.rows) && few(overlap.shared, overlap.rows)))
  );
}

/** A sentence for each set with repeated rows, or with rows of the reference. */
export function repeatNotes(reference: Side, generated: readonly Side[]): string[] {
  const notes: string[] = [];
  const others = generated.filter(({ sha256 }) => sha256 !== reference.sha256);
  for (const side of [reference, ...others]) {
    const found = overlapOf(side, side === reference ? undefined : reference);
    if (!found) continue;
    const { rows, distinct, shared, isSame } = found;
    if (distinct === 1) {
      notes.push(`all ${thousands(rows)} images of ${side.path} are the same`);
    } else if (distinct < rows) {
      notes.push(
        `${side.path} repeats images: ${thousands(distinct)} distinct of ${thousands(rows)}; its bias is that of fewer images, and no interval is valid`,
      );
    }
    if (isSame) {
      notes.push(`${side.path} has the same images as ${reference.path}, in another order`);
    } else if (shared > 0) {
      notes.push(
        `${thousands(shared)} of ${thousands(rows)} images of ${side.path} are also in ${reference.path}: the FID is too low, and no interval is valid`,
      );
    }
  }
  return notes;
}

function hashesOf(side: Side): Float64Array | null {
  if (side.kind === 'statistics') return null;
  let hashes = known.get(side);
  if (!hashes) {
    hashes = rowHashes(side);
    known.set(side, hashes);
  }
  return hashes;
}
