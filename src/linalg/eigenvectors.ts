import { KERNEL_BASE, sharedKernel } from '../kernels/shared.ts';
import { conditionSymmetric, copyConditioned } from './symmetric.ts';

interface Kernel {
  tridiagonalise(
    n: number,
    a: number,
    stride: number,
    d: number,
    e: number,
    taus: number,
    work: number,
  ): void;
  formQ(n: number, a: number, stride: number, taus: number, q: number, work: number): void;
  toStrips(n: number, rows: number, stride: number, strips: number): void;
  implicitQl(first: number, n: number, d: number, e: number, vectors: number, work: number): number;
}

/** Rows of a strip of eigenvectors in the kernel. */
const STRIP = 16;
/** Work space: rows of the matrix for the reduction and for Q, and additional bytes for the sweeps. */
const WORK_ROWS = 192;
const WORK_MORE = 2 ** 22;

/**
 * Eigenvalues, ascending, and eigenvectors of a symmetric matrix: a = V diag(values) Vᵀ with V
 * orthogonal, both to a few n · EPS.
 *
 * As `symmetricEigenvalues`, with the reflections multiplied out and the rotations of an implicit QL
 * iteration applied to them.
 *
 * @param a n × n, row-major; only its lower triangle is read, and nothing is changed
 * @returns `vectors` is V, n × n, row-major: column j belongs to values[j]
 * @throws StudyError when a is too short or holds NaN or an infinity
 */
export function symmetricEigen(
  a: Float64Array,
  n: number,
): { values: Float64Array; vectors: Float64Array } {
  const conditioned = conditionSymmetric(a, n);
  const { rows, factor } = conditioned;
  const size = rows.length;
  const order = (size + 3) & ~3;
  const stride = 8 * (order + 8);
  const q = KERNEL_BASE + 8 * order * (order + STRIP);
  const d = q + stride * order;
  const [e, taus, work] = [d + stride, d + 2 * stride, d + 3 * stride];
  const bytes = work + WORK_ROWS * stride + WORK_MORE;
  const { exports, memory } = sharedKernel<Kernel>('eigenvectors', bytes);
  const matrix = new Float64Array(memory.buffer, KERNEL_BASE, (q - KERNEL_BASE) / 8);
  let padding = 0;
  if (size > 0) {
    padding = copyConditioned(a, n, conditioned, matrix, stride / 8);
    exports.tridiagonalise(order, KERNEL_BASE, stride, d, e, taus, work);
    exports.formQ(order, KERNEL_BASE, stride, taus, q, work);
    // The reflectors are spent: the strips take their place.
    exports.toStrips(order, q, stride, KERNEL_BASE);
    const failed = exports.implicitQl(padding, order, d, e, KERNEL_BASE, work);
    if (failed > 0) throw new Error(`${failed} of ${n} eigenvalues did not converge`);
  }
  const found = new Float64Array(memory.buffer, d, order).slice(padding);
  return collect(
    n,
    rows,
    found.map((x) => x / factor),
    matrix,
    order,
    padding,
  );
}

/** Sorts, and puts back the zero rows that were set aside. */
function collect(
  n: number,
  rows: Int32Array,
  found: Float64Array,
  strips: Float64Array,
  order: number,
  padding: number,
): { values: Float64Array; vectors: Float64Array } {
  const kept = new Set(rows);
  const zeros = Array.from({ length: n }, (_, i) => i).filter((i) => !kept.has(i));
  // Candidates: the eigenpairs found, then a unit vector for each zero row.
  const value = (k: number) => found[k] ?? 0;
  const sorted = Array.from({ length: n }, (_, k) => k).sort(
    (x, y) => value(x) - value(y) || x - y,
  );
  const vectors = new Float64Array(n * n);
  const column = new Int32Array(n);
  sorted.forEach((k, j) => {
    column[k] = j;
  });
  rows.forEach((row, i) => {
    const at = padding + i;
    const strip = (at - (at % STRIP)) * order + (at % STRIP);
    for (let k = 0; k < found.length; k++) {
      vectors[row * n + column[k]!] = strips[strip + (padding + k) * STRIP]!;
    }
  });
  zeros.forEach((row, z) => {
    vectors[row * n + column[found.length + z]!] = 1;
  });
  return { values: Float64Array.from(sorted, value), vectors };
}
