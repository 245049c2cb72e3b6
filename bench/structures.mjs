// Eigenvalues of matrices whose reduction passes through very small numbers, against a random matrix
// of the same size: denormals would make them ten times slower or more.
import { fastAlgebra } from '../dist/linalg/fast.js';
import { inTurns, ofRounds } from './rounds.mjs';
import { seconds, times } from './tables.mjs';

const STRUCTURES = {
  random: (i, j) => ((7919 * i * i + 104729 * j * j + 15485863 * i * j) % 1000003) / 500001 - 1,
  'geometric decay': (i, j) => 0.5 ** (i - j),
  'decay to denormals': (i, j) => 10 ** (-(i - j) - 0.3 * (i + j)),
  reversed: (i, j) => 10 ** (-(i - j) + 0.28 * (i + j) - 300),
  'tridiagonal and tiny': (i, j) => (i - j > 1 ? 0 : 1e-160 * (1 + (i % 7))),
  arrow: (i, j) => (j === 0 || i === j ? 1 / (i + 1) ** 40 : 0),
  diagonal: (i, j) => (i === j ? 1e-300 * i : 0),
  'low rank': (i, j) => Math.sin(i) * Math.sin(j) + Math.cos(i) * Math.cos(j),
};

export async function bench({ quick }) {
  const n = quick ? 512 : 1024;
  const algebra = fastAlgebra(1);
  const ways = Object.entries(STRUCTURES).map(([name, entry]) => {
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * n + j] = entry(i, j);
    return [name, () => algebra.symmetricEigenvalues(a, n)];
  });
  const rounds = quick ? 3 : 7;
  const found = await inTurns(Object.fromEntries(ways), rounds);
  await algebra.gemm.close();
  return [
    {
      title: 'Eigenvalues of special matrices',
      what: `All eigenvalues of ${n} × ${n} matrices, on one thread. ${ofRounds(rounds)}`,
      rows: Object.entries(found).map(([structure, taken]) => ({
        structure,
        ours: seconds(taken),
        'ours / random': times(taken, found.random),
      })),
    },
  ];
}
