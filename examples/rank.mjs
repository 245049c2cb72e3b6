// Ranks sets of features, one .npy [N, d] each, by FID at equal N against one reference, and
// estimates the FID of each at infinitely many images.
//
//   node examples/rank.mjs REFERENCE.npy A.npy B.npy …
import {
  compareSets,
  fastAlgebra,
  openEmbeddings,
  referenceOfStatistics,
  statisticsOfFeatures,
} from 'fid-study';

const [referencePath, ...paths] = process.argv.slice(2);
if (!referencePath || paths.length < 2) {
  console.error('usage: node examples/rank.mjs REFERENCE.npy A.npy B.npy …');
  process.exit(2);
}
const algebra = fastAlgebra(4);
const real = await openEmbeddings(referencePath);
const reference = await referenceOfStatistics(await statisticsOfFeatures(real, algebra), algebra);
const sets = [];
for (const path of paths) sets.push({ name: path, features: await openEmbeddings(path) });

// FIDs of different N cannot be ranked: more images make any FID smaller.
const size = Math.min(...sets.map(({ features }) => features.rows));
const { ranking, pairs } = await compareSets(sets, reference, {
  algebra,
  basis: { size },
  referenceRows: real.rows,
  seeds: [1, 2, 3],
  sizes: [],
});
for (const { rank, set, value, se } of ranking) {
  const { estimate, lower, upper } = set.infinity ?? {};
  const infinity =
    estimate === undefined
      ? 'unknown'
      : `${estimate.toFixed(2)}, 95 % interval ${lower?.toFixed(2)} to ${upper?.toFixed(2)}`;
  console.log(`${rank}. ${set.name}: FID of ${size} images ${value.toFixed(2)} ± ${se.toFixed(2)}`);
  console.log(`   at infinity: ${infinity}`);
}
for (const { better, worse, difference, lower, upper } of pairs) {
  const sure = lower > 0 ? 'surely' : 'perhaps';
  const interval = `${lower.toFixed(2)} to ${upper.toFixed(2)}`;
  console.log(
    `${better} is ${sure} better than ${worse}, by ${difference.toFixed(2)} (${interval})`,
  );
}
for (const { features } of sets) features.close();
real.close();
await algebra.gemm.close();
