import { KERNEL_BASE, sharedKernel } from '../kernels/shared.ts';
import type { Floats, Gemm, GemmOptions, Matrix } from './gemm.ts';
import { productShape } from './product-shape.ts';

interface GemmKernel {
  addProduct(a: number, b: number, c: number, rows: number, columns: number, inner: number): void;
}

/** Columns of a product computed together, so that memory stays below 256 MB at d = 2048. */
const STRIP = 2048;

/**
 * Matrix products by a WebAssembly kernel, on this thread: a third of onnxruntime's speed on one core, but
 * nothing to install. It is what the page in a browser computes with. Float32 operands are multiplied in
 * float64.
 */
export function kernelGemm(): Gemm {
  const gemm: Gemm = {
    async multiply<T extends Floats>(
      a: Matrix<T>,
      b: Matrix<T>,
      { transposeA = false, transposeB = false, out, subtract = false }: GemmOptions<T> = {},
    ) {
      const { rows, columns, inner } = productShape(a, b, transposeA, transposeB);
      const data = out ?? (new (a.data.constructor as new (n: number) => T)(rows * columns) as T);
      if (inner === 0) {
        if (!subtract) data.fill(0);
      } else {
        for (let left = 0; left < columns; left += STRIP) {
          const count = Math.min(STRIP, columns - left);
          const right = { data: b.data, columns: b.columns, isAcross: !transposeB, left, count };
          const strip = { rows, columns, inner };
          multiplyStrip(panelsOf(a, !transposeA), right, data, strip, subtract);
        }
      }
      return { data, rows, columns };
    },
    async multiplyAll(products, options) {
      for (const { a, b, out } of products) await gemm.multiply(a, b, { ...options, out });
    },
    async close() {},
  };
  return gemm;
}

/** A factor, and whether its vectors (rows of a, columns of b) lie across its rows. */
interface Operand {
  readonly data: Floats;
  readonly columns: number;
  /** Whether entry (vector, k) is at vector · columns + k; otherwise at k · columns + vector. */
  readonly isAlong: boolean;
}

function panelsOf({ data, columns }: Matrix<Floats>, isAlong: boolean): Operand {
  return { data, columns, isAlong };
}

function multiplyStrip(
  a: Operand,
  b: Omit<Operand, 'isAlong'> & {
    readonly isAcross: boolean;
    readonly left: number;
    readonly count: number;
  },
  out: Floats,
  { rows, columns, inner }: { rows: number; columns: number; inner: number },
  subtract: boolean,
): void {
  const [paddedRows, paddedColumns] = [(rows + 3) & ~3, (b.count + 3) & ~3];
  const atA = KERNEL_BASE;
  const atB = atA + paddedRows * inner * 8;
  const atC = atB + paddedColumns * inner * 8;
  const bytes = atC + paddedRows * paddedColumns * 8;
  const { exports, memory } = sharedKernel<GemmKernel>('gemm', bytes);
  const numbers = new Float64Array(memory.buffer, 0, bytes / 8);
  pack(numbers, atA / 8, a, 0, rows, inner);
  pack(numbers, atB / 8, { ...b, isAlong: !b.isAcross }, b.left, b.count, inner);
  numbers.fill(0, atC / 8, bytes / 8);
  exports.addProduct(atA, atB, atC, paddedRows, paddedColumns, inner);
  for (let i = 0; i < rows; i++) {
    const from = atC / 8 + i * paddedColumns;
    const to = i * columns + b.left;
    if (subtract) for (let j = 0; j < b.count; j++) out[to + j]! -= numbers[from + j]!;
    else out.set(numbers.subarray(from, from + b.count), to);
  }
}

/** Vectors in panels of four, their entries next to each other; what is missing of a panel is 0. */
function pack(
  target: Float64Array,
  at: number,
  { data, columns, isAlong }: Operand,
  first: number,
  count: number,
  inner: number,
): void {
  for (let vector = 0; vector < ((count + 3) & ~3); vector++) {
    let to = at + (vector >> 2) * 4 * inner + (vector & 3);
    const isThere = vector < count;
    let from = isAlong ? (first + vector) * columns : first + vector;
    const step = isAlong ? 1 : columns;
    for (let k = 0; k < inner; k++, to += 4, from += step) target[to] = isThere ? data[from]! : 0;
  }
}
