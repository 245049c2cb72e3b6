import { sha256Of, sha256Stream } from '../arrays/sha256.ts';
import type { LinearAlgebra } from './algebra.ts';
import { bandEigenvalues } from './band-eigenvalues.ts';
import { fastAlgebra } from './fast.ts';
import type { Floats, Matrix } from './gemm.ts';

let known: Promise<string> | undefined;

/**
 * Tells how this machine rounds, as a hash (sha256, hex): onnxruntime's products sum in another order
 * on a processor with other vector instructions. Numbers that were kept are gone on with only where
 * the probe is the same. Some 50 ms, once a process.
 */
export function roundingProbe(): Promise<string> {
  known ??= ofThisMachine();
  return known;
}

async function ofThisMachine(): Promise<string> {
  const algebra = fastAlgebra(1);
  try {
    return await probeOf(algebra);
  } finally {
    await algebra.gemm.close();
  }
}

/**
 * The probe of some linear algebra: products of both precisions in each way that operands lie, wide,
 * narrow and of a vector, for each of which libraries have kernels of their own; and each of our
 * own kernels.
 */
export async function probeOf(algebra: LinearAlgebra): Promise<string> {
  const { gemm, symmetricEigenvalues, symmetricEigen, semidefiniteFactor } = algebra;
  const hash = sha256Stream();
  const add = ({ buffer, byteOffset, byteLength }: Floats) =>
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  for (const round of [(x: Float64Array) => x, (x: Float64Array) => new Float32Array(x)]) {
    const some = (rows: number, columns: number): Matrix<Floats> => {
      const { data } = fractions(rows, columns);
      return { data: round(data), rows, columns };
    };
    const products = [
      gemm.multiply(some(67, 531), some(531, 130)),
      gemm.multiply(some(531, 67), some(531, 131), { transposeA: true }),
      gemm.multiply(some(37, 259), some(133, 259), { transposeB: true }),
      gemm.multiply(some(5, 300), some(300, 17)),
      gemm.multiply(some(1, 300), some(300, 64)),
    ];
    for (const product of products) add((await product).data);
  }
  const n = 96;
  const root = fractions(n, n);
  const square = await gemm.multiply(root, root, { transposeB: true });
  const { values, vectors } = await symmetricEigen(square.data, n);
  add(values);
  add(vectors);
  add(await symmetricEigenvalues(square.data, n));
  add(await bandEigenvalues(square.data, n, gemm));
  add((await semidefiniteFactor(square.data, n)).factor);
  return hash.digest('hex');
}

/**
 * Tells how this engine rounds the functions whose last bits are its own choice, as a hash: of what
 * is computed by them as well, such as intervals.
 */
export function functionsProbe(): string {
  const { data } = fractions(1, 256);
  const functions = [Math.exp, Math.log1p, Math.sin, Math.cos, Math.cbrt, Math.tanh];
  const found = [...data].flatMap((x) => [
    ...functions.map((each) => each(x)),
    Math.log(x + 1),
    Math.hypot(x, 0.3),
    (x + 1) ** 1.7,
  ]);
  return sha256Of(new Uint8Array(Float64Array.from(found).buffer));
}

/** Numbers in [−½, ½) that are the same everywhere, as a matrix. */
function fractions(rows: number, columns: number): Matrix {
  const data = new Float64Array(rows * columns);
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state / 2 ** 32 - 0.5;
  }
  return { data, rows, columns };
}
