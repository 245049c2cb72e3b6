// A metric of your own, in the shape of those in src/metrics/kinds: the squared distance of the means,
// with a standard error from ten parts of both sets.
//
//   node examples/metric.mjs REFERENCE.npy GENERATED.npy
import { metricsOfSides, openSide } from 'fid-study';

/**
 * |mean x − mean y|², whose bias is about tr(P)/N + tr(Q)/M.
 *
 * @type {import('fid-study').Metric}
 */
const meanDistance = {
  name: 'mean-distance',
  title: 'distance of the means',
  needs: ['rows'],
  better: 'lower',
  isSymmetric: true,
  usesReference: true,
  atEqual: 0,
  inN: 'limit',
  bias: 'too high by tr(P)/N + tr(Q)/M',
  leastRows: 1,
  async value(draw, reference) {
    const [a, b] = [meanOf(draw), meanOf(reference)];
    return a.reduce((sum, value, j) => sum + (value - b[j]) ** 2, 0);
  },
};

/** @param {import('fid-study').Sample} sample */
function meanOf({ rows, dimension, read }) {
  const block = read(0, rows, new Float32Array(rows * dimension));
  return Float64Array.from({ length: dimension }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += block[i * dimension + j];
    return sum / rows;
  });
}

const paths = process.argv.slice(2);
if (paths.length !== 2) {
  console.error('usage: node examples/metric.mjs REFERENCE.npy GENERATED.npy');
  process.exit(2);
}
const [reference, generated] = await Promise.all(paths.map((path) => openSide(path)));
const { metrics } = await metricsOfSides(reference, generated, { metrics: [meanDistance] });
for (const { title, value, se, bias } of metrics) {
  console.log(`${title} ${value.toFixed(4)} ± ${se?.toFixed(4)}; bias in N: ${bias}`);
}
reference.close();
generated.close();
