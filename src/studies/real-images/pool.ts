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
  const [first, second] = partsOfSizes(pool, [size, size], stream);
  return [part(pool, 'one half', first), part(pool, 'the other half', second)];
}

/**
 * A random `rows` of a pool, and the rest of it.
 *
 * @throws StudyError if nothing is left
 */
export function split(pool: Pool, rows: number, stream: Stream): [Pool, Pool] {
  const left = pool.rows - rows;
  if (left < 2) {
    throw new StudyError(
      `${pool.name} has ${pool.rows} images, and ${rows} are to be the reference`,
      'give fewer rows, or more images: the rest is compared with them',
    );
  }
  const [first, second] = partsOfSizes(pool, [rows, left], stream);
  return [part(pool, `${rows} random rows`, first), part(pool, 'the other rows', second)];
}

/** Disjoint random rows, ascending. */
function partsOfSizes(
  pool: Pool,
  [first, second]: readonly [number, number],
  stream: Stream,
): [Uint32Array, Uint32Array] {
  const order = drawWithoutReplacement(pool.rows, first + second, stream);
  return [order.slice(0, first).sort(), order.slice(first).sort()];
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
