import type { Instance } from '../kernels/shared.ts';
import type { Gemm, Matrix } from './gemm.ts';

/** Reflections applied at once: the kernel's. */
export const BLOCK = 128;

/** The part of the kernel that forms blocks of reflections. */
export interface Reflecting {
  formReflections(
    start: number,
    m: number,
    a: number,
    stride: number,
    taus: number,
    v: number,
    t: number,
    work: number,
  ): void;
}

/**
 * Z ← Q Z, with Q of the reduction A = Q T Qᵀ to tridiagonal form: its reflections in blocks I − Vᵀ T V
 * (Schreiber & Van Loan 1989), from the smallest rows on, each of which changes the rows above it only.
 *
 * @param from where the reduction left its reflectors in the kernel, in bytes; `work` has 2 · BLOCK rows of
 *   `stride`, and as much as 2 · BLOCK² + BLOCK numbers besides
 * @param z [order, any]
 */
export async function reflectAll(
  { exports, memory }: Instance<Reflecting>,
  from: { order: number; at: number; stride: number; taus: number; work: number },
  z: Matrix,
  gemm: Gemm,
): Promise<void> {
  const { order, at, stride, taus, work } = from;
  const columns = z.columns;
  const image = new Float64Array(BLOCK * columns);
  const scaled = new Float64Array(BLOCK * columns);
  for (let start = 0; start < order; start += BLOCK) {
    const m = Math.min(start + BLOCK, order);
    const t = work + 8 * BLOCK * m;
    exports.formReflections(start, m, at, stride, taus, work, t, t + 8 * BLOCK ** 2);
    const v = { data: new Float64Array(memory.buffer, work, BLOCK * m), rows: BLOCK, columns: m };
    const factor = {
      data: new Float64Array(memory.buffer, t, BLOCK ** 2),
      rows: BLOCK,
      columns: BLOCK,
    };
    const top = z.data.subarray(0, m * columns);
    const seen = await gemm.multiply(v, { data: top, rows: m, columns }, { out: image });
    const change = await gemm.multiply(factor, seen, { out: scaled });
    await gemm.multiply(v, change, { transposeA: true, out: top, subtract: true });
  }
}
