// Symmetric eigenvalues against ml-matrix and NumPy's eigvalsh (LAPACK on OpenBLAS), eigenvectors and
// Cholesky factors against NumPy; one thread. ml-matrix at 2048 takes minutes, and runs once from 1024 on.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { choleskyFactor } from '../dist/linalg/cholesky.js';
import { fastAlgebra } from '../dist/linalg/fast.js';
import { ratioGoal } from './goals.mjs';
import { openPeer } from './peer.mjs';
import { inTurns } from './rounds.mjs';
import { figure, seconds, times } from './tables.mjs';

const SIZES = [256, 512, 1024, 2048];
const ROUNDS = { values: (n) => (n < 1024 ? 9 : 5), vectors: 3, mlMatrix: 3, mlMatrixOnce: 1024 };
const algebra = fastAlgebra(1);

export async function bench({ quick }) {
  const numpy = openPeer(1);
  const peered = (await numpy.can('versions')).able;
  const rows = [];
  const goals = [];
  for (const n of SIZES) {
    const a = matrix(n);
    const ask = (name) => peered && (() => numpy.ask('decomposition', { function: name, n }));
    if (peered) await requireSame(a, n, await ask('eigvalsh')());
    const found = await inTurns(
      {
        values: () => algebra.symmetricEigenvalues(a, n),
        eigvalsh: ask('eigvalsh'),
        factor: () => choleskyFactor(a, n, algebra.gemm),
        cholesky: ask('cholesky'),
      },
      quick ? 3 : ROUNDS.values(n),
    );
    const vectors = await inTurns(
      { ours: () => algebra.symmetricEigen(a, n), eigh: ask('eigh') },
      quick ? 1 : ROUNDS.vectors,
    );
    const slow = quick && n > 512 ? null : () => peerValues(a, n);
    const isOnce = quick || n >= ROUNDS.mlMatrixOnce;
    const { mlMatrix } = await inTurns({ mlMatrix: slow }, isOnce ? 1 : ROUNDS.mlMatrix, !isOnce);
    if (n === 2048) {
      goals.push(ratioGoal('eigenvectors, threads: 1', vectors.ours, vectors.eigh, 1.5));
    }
    rows.push({
      n,
      eigenvalues: seconds(found.values),
      'ml-matrix': seconds(mlMatrix),
      'ml-matrix / ours': times(mlMatrix, found.values),
      eigvalsh: seconds(found.eigvalsh),
      'ours / eigvalsh': times(found.values, found.eigvalsh),
      eigenvectors: seconds(vectors.ours),
      'ours / eigh': times(vectors.ours, vectors.eigh),
      Cholesky: seconds(found.factor),
      'ours / cholesky': times(found.factor, found.cholesky),
      'GFLOP/s': figure((4 / 3) * (n ** 3 / found.values / 1e9)),
    });
  }
  const rounds = quick
    ? 'A quick look: one to three rounds.'
    : `Medians in turns after one round to warm up: ${ROUNDS.values(256)} rounds of eigenvalues and Cholesky factors below 1024 and ${ROUNDS.values(1024)} from there, ${ROUNDS.vectors} of eigenvectors and of ml-matrix. ml-matrix from ${ROUNDS.mlMatrixOnce} on ran once, in a process that had run it at the smaller sizes.`;
  await numpy.close();
  await algebra.gemm.close();
  return [
    {
      title: 'Eigenvalues',
      what: 'All eigenvalues of a dense symmetric matrix in float64, on one thread; GFLOP/s counts the 4/3 n³ operations of a reduction to tridiagonal form.',
      rows,
      goals,
      notes: [rounds],
    },
  ];
}

/** ml-matrix's full decomposition: it cannot compute eigenvalues alone. */
function peerValues(a, n) {
  const dense = Matrix.from1DArray(n, n, a);
  return new EigenvalueDecomposition(dense, { assumeSymmetric: true }).realEigenvalues;
}

/** A dense matrix without structure, the same as in peer.py: scrambled integers mod a prime. */
function matrix(n) {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const scrambled = (7919 * i * i + 104729 * j * j + 15485863 * i * j) % 1000003;
      a[i * n + j] = scrambled / 500001 - 1;
      a[j * n + i] = a[i * n + j];
    }
    a[i * n + i] += n; // positive definite, for Cholesky
  }
  return a;
}

async function requireSame(a, n, { result }) {
  const top = (await algebra.symmetricEigenvalues(a, n))[n - 1];
  if (!(Math.abs(top / result - 1) < 1e-12)) {
    throw new Error(`largest eigenvalue differs from NumPy's at ${n}: ${top}, ${result}`);
  }
}
