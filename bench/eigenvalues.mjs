// Symmetric eigenvalues against ml-matrix and, where Python has them, NumPy (OpenBLAS, one thread);
// eigenvectors and Cholesky factors against NumPy. Run after `npm run build`; ml-matrix at 2048 takes
// a minute, `--quick` leaves it out.
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { choleskyFactor } from '../dist/linalg/cholesky.js';
import { symmetricEigenvalues } from '../dist/linalg/eigenvalues.js';
import { symmetricEigen } from '../dist/linalg/eigenvectors.js';
import * as reference from '../dist/linalg/reference.js';

const SIZES = [256, 512, 1024, 2048];
const quick = process.argv.includes('--quick');

/** The same covariance-like matrix as in `python` below: integers mod a prime, then shifted. */
function matrix(n) {
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      a[i * n + j] = (((i * i + 3 * j * j + 7 * i * j) % 1009) - 504) / 504;
      a[j * n + i] = a[i * n + j];
    }
    a[i * n + i] += 2 * n;
  }
  return a;
}

const python = `
import json, sys, time
import numpy as np
def matrix(n):
    i, j = np.mgrid[0:n, 0:n].astype(np.int64)
    i, j = np.maximum(i, j), np.minimum(i, j)
    a = ((i * i + 3 * j * j + 7 * i * j) % 1009 - 504) / 504
    return a + 2 * n * np.eye(n)
def median(f, a, times):
    t = []
    for _ in range(times):
        start = time.perf_counter()
        f(a)
        t.append(time.perf_counter() - start)
    return sorted(t)[times // 2]
rows = {}
for n in json.loads(sys.argv[1]):
    a = matrix(n)
    times = 9 if n < 1024 else 5
    rows[n] = dict(
        eigvalsh=median(np.linalg.eigvalsh, a, times),
        eigh=median(np.linalg.eigh, a, 3),
        cholesky=median(np.linalg.cholesky, a, times),
        top=float(np.linalg.eigvalsh(a)[-1]))
print(json.dumps(rows))
`;

function numpy() {
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  const run = spawnSync('python3', ['-c', python, JSON.stringify(SIZES)], { env });
  return run.status === 0 ? JSON.parse(run.stdout.toString()) : {};
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

const milliseconds = (x) => (x === undefined ? '—' : (1000 * x).toFixed(1));
const ratio = (x, y) => (x === undefined || y === undefined ? '—' : (x / y).toFixed(2));

const peers = numpy();
console.log(`${cpus()[0].model}, Node ${process.version}, one thread, median milliseconds\n`);
const rows = [];
for (const n of SIZES) {
  const a = matrix(n);
  const times = n < 1024 ? 9 : 5;
  const values = median(() => symmetricEigenvalues(a, n), times);
  const vectors = median(() => symmetricEigen(a, n), n < 1024 ? 3 : 1);
  const cholesky = median(() => choleskyFactor(a, n), times);
  const plain =
    quick && n > 512
      ? undefined
      : median(() => reference.symmetricEigenvalues(a, n), n < 512 ? 3 : 1);
  const peer = peers[n];
  if (peer && !(Math.abs(symmetricEigenvalues(a, n)[n - 1] / peer.top - 1) < 1e-12)) {
    throw new Error(`largest eigenvalue differs from NumPy's at ${n}`);
  }
  rows.push({
    n,
    eigenvalues: milliseconds(values),
    'ml-matrix': milliseconds(plain),
    'times faster': ratio(plain, values),
    eigvalsh: milliseconds(peer?.eigvalsh),
    'of eigvalsh': ratio(values, peer?.eigvalsh),
    eigenvectors: milliseconds(vectors),
    'of eigh': ratio(vectors, peer?.eigh),
    Cholesky: milliseconds(cholesky),
    'of cholesky': ratio(cholesky, peer?.cholesky),
  });
}
console.table(rows);
