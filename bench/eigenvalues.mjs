// Symmetric eigenvalues against ml-matrix and, where Python has them, NumPy (OpenBLAS, one thread);
// eigenvectors and Cholesky factors against NumPy. Run after `npm run build`; ml-matrix at 2048 takes
// a minute, `--quick` leaves it out.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { pathToFileURL } from 'node:url';
import { choleskyFactor } from '../dist/linalg/cholesky.js';
import { symmetricEigenvalues } from '../dist/linalg/eigenvalues.js';
import { symmetricEigen } from '../dist/linalg/eigenvectors.js';
import * as reference from '../dist/linalg/reference.js';

const SIZES = [256, 512, 1024, 2048];

/** A dense matrix without structure, the same as in `PYTHON`: scrambled integers mod a prime. */
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

const PYTHON = `
import json, sys, time
import numpy as np
def matrix(n):
    i, j = np.mgrid[0:n, 0:n].astype(np.int64)
    i, j = np.maximum(i, j), np.minimum(i, j)
    scrambled = (7919 * i * i + 104729 * j * j + 15485863 * i * j) % 1000003
    return scrambled / 500001 - 1 + n * np.eye(n)
def median(f, a, times):
    t = []
    for _ in range(times):
        start = time.perf_counter()
        f(a)
        t.append(time.perf_counter() - start)
    return sorted(t)[times // 2]
n = int(sys.argv[1])
a = matrix(n)
times = 9 if n < 1024 else 5
print(json.dumps(dict(
    eigvalsh=median(np.linalg.eigvalsh, a, times),
    eigh=median(np.linalg.eigh, a, 3),
    cholesky=median(np.linalg.cholesky, a, times),
    top=float(np.linalg.eigvalsh(a)[-1]))))
`;

/** NumPy's median seconds, or undefined where there is none. */
function numpy(n) {
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  const run = spawnSync('python3', ['-c', PYTHON, String(n)], { env });
  return run.status === 0 ? JSON.parse(run.stdout.toString()) : undefined;
}

/** Median seconds of several runs, after one to warm up. */
function median(run, times) {
  if (times > 1) run();
  const seconds = Array.from({ length: times }, () => {
    const start = performance.now();
    run();
    return (performance.now() - start) / 1000;
  });
  return seconds.sort((x, y) => x - y)[times >> 1];
}

/** Rows of median seconds, ours and the peers'; a peer that is missing or left out is undefined. */
export function benchEigenvalues({ quick = false } = {}) {
  return SIZES.map((n) => {
    const a = matrix(n);
    const times = n < 1024 ? 9 : 5;
    const peer = numpy(n);
    const top = symmetricEigenvalues(a, n)[n - 1];
    if (peer && !(Math.abs(top / peer.top - 1) < 1e-12)) {
      throw new Error(`largest eigenvalue differs from NumPy's at ${n}: ${top}, ${peer.top}`);
    }
    return {
      n,
      eigenvalues: median(() => symmetricEigenvalues(a, n), times),
      eigenvectors: median(() => symmetricEigen(a, n), n < 1024 ? 3 : 1),
      cholesky: median(() => choleskyFactor(a, n), times),
      mlMatrix:
        quick && n > 512
          ? undefined
          : median(() => reference.symmetricEigenvalues(a, n), n < 512 ? 3 : 1),
      numpyEigvalsh: peer?.eigvalsh,
      numpyEigh: peer?.eigh,
      numpyCholesky: peer?.cholesky,
    };
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const milliseconds = (x) => (x === undefined ? '—' : (1000 * x).toFixed(1));
  const ratio = (x, y) => (x === undefined || y === undefined ? '—' : (x / y).toFixed(2));
  console.log(`${cpus()[0].model}, Node ${process.version}, one thread, median milliseconds`);
  const rows = benchEigenvalues({ quick: process.argv.includes('--quick') }).map((row) => ({
    n: row.n,
    eigenvalues: milliseconds(row.eigenvalues),
    'ml-matrix': milliseconds(row.mlMatrix),
    'times faster': ratio(row.mlMatrix, row.eigenvalues),
    eigvalsh: milliseconds(row.numpyEigvalsh),
    'of eigvalsh': ratio(row.eigenvalues, row.numpyEigvalsh),
    eigenvectors: milliseconds(row.eigenvectors),
    'of eigh': ratio(row.eigenvectors, row.numpyEigh),
    Cholesky: milliseconds(row.cholesky),
    'of cholesky': ratio(row.cholesky, row.numpyCholesky),
  }));
  console.table(rows);
}
