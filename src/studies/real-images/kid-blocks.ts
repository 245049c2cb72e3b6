import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { polynomialKernel } from '../../metrics/polynomial-kernel.ts';
import { stream } from '../../random/stream.ts';
import { drawWithoutReplacement } from '../../random/subsample.ts';
import type { Draw } from './order.ts';
import type { Pool } from './pool.ts';

/**
 * Sums of KID's kernel over the pairs of blocks of rows. The KID of any union of blocks follows from
 * them, so that all draws of all sizes cost one pass over the pairs.
 */
export interface KernelBlocks {
  /** Rows of a block. */
  readonly block: number;
  /** Sums over pairs of rows of blocks i and j, [blocks, blocks]; a row with itself is left out. */
  readonly within: readonly (readonly number[])[];
  /** Sums over pairs of a row of block i and a row of the reference. */
  readonly between: readonly number[];
  /** Rows of the reference, and the sum over its pairs of distinct rows. */
  readonly referenceRows: number;
  readonly reference: number;
}

/** FID's rows are float32, and sums of kernel values near one lose digits to those near zero. */
const ORIGIN = 1;

/**
 * @param rows of either side at most; of the generated one whole blocks are taken
 * @param onProgress pairs of blocks done, of how many
 */
export async function kernelBlocks(
  reference: Pool,
  generated: Pool,
  { rows, block, studySeed }: { rows: number; block: number; studySeed: number },
  { gemm }: LinearAlgebra,
  signal: AbortSignal,
  onProgress?: (done: number, total: number) => void,
): Promise<KernelBlocks> {
  const x = chosen(reference.rows, Math.min(rows, reference.rows), studySeed, 'reference');
  const count = Math.floor(Math.min(rows, generated.rows) / block);
  const y = chosen(generated.rows, count * block, studySeed, 'generated');
  const parts = Math.ceil(x.length / block);
  const d = reference.dimension;
  const out = new Float64Array(block * block);
  const read = (pool: Pool, order: Uint32Array, i: number) => {
    const indices = order.slice(i * block, (i + 1) * block);
    const data = new Float64Array(indices.length * d);
    pool.readRows(indices, data);
    return { data, rows: indices.length, columns: d };
  };
  const total = (parts * (parts + 1)) / 2 + count * parts + (count * (count + 1)) / 2;
  let done = 0;

  /** Sum of the kernel over all pairs, less those of a row with itself. */
  async function sum(a: ReturnType<typeof read>, b: ReturnType<typeof read>, isSame: boolean) {
    signal.throwIfAborted();
    const values = await polynomialKernel(a, b, ORIGIN, gemm, out);
    let all = 0;
    for (const value of values) all += value;
    if (isSame) for (let i = 0; i < a.rows; i++) all -= values[i * a.rows + i]!;
    onProgress?.(++done, total);
    return all;
  }

  let ofReference = 0;
  const between = new Array<number>(count).fill(0);
  const within = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let i = 0; i < parts; i++) {
    const a = read(reference, x, i);
    ofReference += await sum(a, a, true);
    for (let j = i + 1; j < parts; j++) {
      ofReference += 2 * (await sum(a, read(reference, x, j), false));
    }
    for (let j = 0; j < count; j++) between[j]! += await sum(a, read(generated, y, j), false);
  }
  for (let i = 0; i < count; i++) {
    const a = read(generated, y, i);
    within[i]![i] = await sum(a, a, true);
    for (let j = i + 1; j < count; j++) {
      within[i]![j] = await sum(a, read(generated, y, j), false);
      within[j]![i] = within[i]![j]!;
    }
  }
  return { block, within, between, referenceRows: x.length, reference: ofReference };
}

/** Random rows in random order: the same in all pools of one size, such as the corrupted sets. */
function chosen(rows: number, count: number, studySeed: number, side: string): Uint32Array {
  return drawWithoutReplacement(rows, count, stream(studySeed, 'kid', side));
}

/** The unbiased KID of a union of blocks: docs/theory.md, section 5. */
export function kidOfBlocks(
  { block, within, between, referenceRows, reference }: KernelBlocks,
  blocks: readonly number[],
): number {
  const n = blocks.length * block;
  let [ofDraw, ofBoth] = [0, 0];
  for (const i of blocks) {
    ofBoth += between[i]!;
    for (const j of blocks) ofDraw += within[i]![j]!;
  }
  return (
    ofDraw / (n * (n - 1)) +
    reference / (referenceRows * (referenceRows - 1)) -
    (2 * ofBoth) / (n * referenceRows)
  );
}

/** The KID of one draw. */
export interface KidRow {
  readonly experiment: string;
  readonly size: number;
  readonly seed: number;
  readonly kid: number;
}

/** KIDs of nested random unions of blocks, at each size that is a whole number of blocks. */
export function kidRows(
  experiment: string,
  blocks: KernelBlocks,
  sizes: readonly number[],
  seeds: number,
  studySeed: number,
): KidRow[] {
  const { block, between } = blocks;
  const count = between.length;
  return sizes
    .filter((size) => size % block === 0 && size <= count * block)
    .flatMap((size) =>
      // The whole is the same for every seed.
      Array.from({ length: size === count * block ? 1 : seeds }, (_, i) => {
        const order = drawWithoutReplacement(count, count, stream(studySeed, i + 1, 'kid'));
        const kid = kidOfBlocks(blocks, [...order.subarray(0, size / block)]);
        return { experiment, size, seed: i + 1, kid };
      }),
    );
}

/** The KIDs of one comparison, as the draws of `reversals`. */
export function kidDraws(rows: readonly KidRow[], experiment: string): Draw[] {
  return rows
    .filter((row) => row.experiment === experiment)
    .map(({ size, seed, kid }) => ({ size, seed, estimate: kid, status: 'ok' }));
}
