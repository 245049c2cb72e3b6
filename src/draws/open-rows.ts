import { openNpyRows } from '../arrays/npy-file.ts';
import { subtractRow } from '../metrics/features.ts';
import { normalSource } from '../random/normals.ts';
import { stratifiedOrder } from '../random/stratified.ts';
import { type Stream, stream } from '../random/stream.ts';
import { drawWithoutReplacement, drawWithReplacement } from '../random/subsample.ts';
import { drawKey, type OpenRows, type RowReader, type RowSpec, type Sampling } from './spec.ts';

/** Opens the rows of a source, in the thread that reads them. */
export function openRows(spec: RowSpec, sampling: Sampling): OpenRows {
  switch (spec.kind) {
    case 'normals':
      return openNormals(sampling);
    case 'blocks':
      return openBlocks(sampling);
    case 'exact-moments':
      return openMoments(sampling);
    case 'pool':
      return openPool(spec, sampling);
  }
}

function openNormals(sampling: Sampling): OpenRows {
  return {
    draw(seed, cuts) {
      const normals = normalSource(stream(...drawKey(sampling, seed, cuts)));
      return { next: (out) => void normals.fill(out) };
    },
    close() {},
  };
}

function openBlocks(sampling: Sampling): OpenRows {
  return {
    ...openNormals(sampling),
    blockKey: (seed, cuts, start, end) => [...drawKey(sampling, seed, cuts), 'block', start, end],
  };
}

function openMoments({ studySeed }: Sampling): OpenRows {
  return {
    draw() {
      throw new Error('exact moments have no rows');
    },
    momentsKey: (seed, size) => [studySeed, seed, 'moments', size],
    close() {},
  };
}

function openPool(
  { path, rows, shift, of, total, classes }: Extract<RowSpec, { kind: 'pool' }>,
  sampling: Sampling,
): OpenRows {
  const pool = openNpyRows(path);
  const plain = sampling.replacement ? drawWithReplacement : drawWithoutReplacement;
  // A whole stratified order is needed for any part of it.
  const draw = classes
    ? (_: number, size: number, key: Stream) => stratifiedOrder(classes, key).slice(0, size)
    : plain;

  /** Reads rows in file order between two cuts: there the order does not matter. */
  function reader(order: Uint32Array, cuts: readonly number[]): RowReader {
    let start = 0;
    for (const cut of cuts) {
      order.subarray(start, cut).sort();
      start = cut;
    }
    let position = 0;
    return {
      next(out, count) {
        const rows = order.subarray(position, position + count);
        pool.readRows(of ? rows.map((row) => of[row]!) : rows, out);
        position += count;
        subtractRow(out, shift, count);
      },
    };
  }

  return {
    draw(seed, cuts) {
      const size = cuts.at(-1) ?? 0;
      // The whole pool is the same draw for every seed: no need to shuffle it.
      const order =
        size === rows && cuts.length === 1 && !sampling.replacement
          ? Uint32Array.from({ length: rows }, (_, i) => i)
          : draw(rows, size, stream(...drawKey(sampling, seed, cuts)));
      return reader(order, cuts);
    },
    total: sampling.replacement ? undefined : total,
    leftOut(seed, sizes) {
      const order = draw(rows, rows, stream(...drawKey(sampling, seed, sizes)));
      const cuts = sizes.map((size) => rows - size).reverse();
      return reader(order.slice(sizes[0]).reverse(), cuts);
    },
    close: () => pool.close(),
  };
}
