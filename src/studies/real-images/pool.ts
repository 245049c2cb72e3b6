import { openNpyRows } from '../../arrays/npy-file.ts';
import { StudyError } from '../../errors.ts';
import type { FeatureRows } from '../../metrics/features.ts';
import type { Stream } from '../../random/stream.ts';
import { drawWithoutReplacement } from '../../random/subsample.ts';
import { provenanceOf, type SideProvenance } from '../../sides/provenance.ts';
import type { FeaturesSide, Side } from '../../sides/side.ts';

/** Features [rows, dimension] to draw from: a set's, or those of some of its images. */
export interface Pool extends FeatureRows {
  readonly name: string;
  /** The .npy. */
  readonly featuresPath: string;
  /** Rows of the file that make up the pool, ascending; undefined for all. */
  readonly of?: Uint32Array;
  readonly provenance: SideProvenance & { readonly part?: string };
  /** What a reader must know of how its side was opened. */
  readonly notes: readonly string[];
  /** Row `indices[i]` of the pool into row i of `out`. */
  readRows(indices: Uint32Array, out: Float64Array): void;
  close(): void;
}

/** @throws StudyError if the side holds no rows */
export function requireRows(side: Side): FeaturesSide {
  if (side.kind === 'features') return side;
  side.close();
  throw new StudyError(`${side.path} holds statistics`, 'give images: this study draws rows');
}

/** All rows of a side; closing the pool closes the side. */
export function poolOf(name: string, side: FeaturesSide): Pool {
  const { path, rows, dimension, featuresPath, notes = [] } = side;
  const file = openNpyRows(featuresPath);
  return {
    name,
    path,
    rows,
    dimension,
    featuresPath,
    notes,
    provenance: provenanceOf(side),
    readBlock: file.readBlock,
    readRows: file.readRows,
    close() {
      file.close();
      side.close();
    },
  };
}

/** Two random halves of a pool, of the same size: an odd row is in neither. */
export function halves(pool: Pool, stream: Stream): [Pool, Pool] {
  const size = Math.floor(pool.rows / 2);
  const order = drawWithoutReplacement(pool.rows, 2 * size, stream);
  return [
    part(pool, 'one half', order.slice(0, size).sort()),
    part(pool, 'the other half', order.slice(size).sort()),
  ];
}

function part(pool: Pool, name: string, of: Uint32Array): Pool {
  const { featuresPath, dimension, provenance, notes, readRows } = pool;
  return {
    name: `${name} of ${pool.name}`,
    featuresPath,
    dimension,
    of,
    rows: of.length,
    notes,
    provenance: { ...provenance, rows: of.length, part: name },
    readRows: (indices, out) =>
      readRows(
        indices.map((index) => of[index]!),
        out,
      ),
    readBlock: (start, count, out) => readRows(of.slice(start, start + count), out),
    // The whole pool closes the file.
    close() {},
  };
}
