// The covariance of N × 2048 rows by `Scatter` against the product Xᵀ X of NumPy (OpenBLAS), which does
// the same work, and against the rate that OpenBLAS reaches on a square product.
import { onnxGemm } from '../dist/linalg/gemm.js';
import { Scatter } from '../dist/linalg/scatter.js';
import { normalSource } from '../dist/random/normals.js';
import { stream } from '../dist/random/stream.js';
import { ratioGoal } from './goals.mjs';
import { openPeer } from './peer.mjs';
import { inTurns, ofRounds } from './rounds.mjs';
import { figure, seconds, times } from './tables.mjs';

const DIMENSION = 2048;
/** Rows that a draw passes on at a time. */
const BLOCK = 2048;
const ROUNDS = 3;

export async function bench({ quick, threads: all }) {
  const rows = [];
  const goals = [];
  const block = normalSource(stream('bench')).fill(new Float64Array(BLOCK * DIMENSION));
  for (const threads of new Set([1, all])) {
    const numpy = openPeer(threads);
    const peered = (await numpy.can('versions')).able;
    const gemm = onnxGemm(threads);
    for (const count of quick ? [5000] : [5000, 50_000]) {
      const way = (precision) => async () => {
        const scatter = new Scatter(DIMENSION, gemm, precision);
        for (let left = count; left > 0; left -= BLOCK) {
          await scatter.add(block, Math.min(left, BLOCK));
        }
        scatter.moments();
      };
      const shape = { rows: count, dimension: DIMENSION };
      const found = await inTurns(
        {
          ours: way('double'),
          single: way('single'),
          numpy: peered && (() => numpy.ask('products', shape)),
          peak: peered && (() => numpy.ask('gemm', { n: 2048 })),
        },
        quick ? 3 : ROUNDS,
      );
      if (threads === all && count === 50_000) {
        goals.push(ratioGoal('covariance in float64, 50,000 rows', found.ours, found.numpy, 1.2));
      }
      const whole = 2 * count * DIMENSION ** 2;
      const rate = whole / found.ours / 1e9;
      const single = whole / found.single / 1e9;
      const peak = (2 * 2048 ** 3) / found.peak / 1e9;
      rows.push({
        rows: count,
        threads,
        ours: seconds(found.ours),
        'effective GFLOP/s': figure(rate),
        'ours, single': seconds(found.single),
        'effective GFLOP/s, single': figure(single),
        'NumPy X.T @ X': seconds(found.numpy),
        'NumPy GFLOP/s': figure(whole / found.numpy / 1e9),
        'ours / NumPy': times(found.ours, found.numpy),
        'single / NumPy': times(found.single, found.numpy),
        'GEMM peak, GFLOP/s': figure(peak),
        'ours / peak': times(rate, peak),
      });
    }
    await gemm.close();
    await numpy.close();
  }
  return [
    {
      title: 'Covariance',
      what: 'Mean and covariance of N × 2048 float64 rows; in single precision, as sweeps take it, chunks of 1,024 rows are multiplied in float32 and summed in float64. Rates count 2 N d² operations, as if the whole matrix were multiplied: ours multiplies 53 % of it, and OpenBLAS, which sees that X.T @ X is symmetric, about half. The peak is that of a 2048 × 2048 product in OpenBLAS in the same turns; what exceeds it is owed to symmetry.',
      rows,
      goals,
      notes: [ofRounds(quick ? 3 : ROUNDS)],
    },
  ];
}
