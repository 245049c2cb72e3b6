// How far FID is from its value at infinitely many images: a sweep of the built-in surrogate.
//
//   node examples/sweep.mjs [FOLDER]
import { sweep } from 'fid-study';

const [out] = process.argv.slice(2);
// The sizes of `study sweep` are 5,000 and 50,000; a few hundred images take seconds.
const { performance, summary, folder } = await sweep({ sizes: [250, 500], seeds: 5 }, { out });

for (const { size, measure, value, mcse } of performance) {
  if (measure === 'bias') {
    console.log(`${size} images: FID is ${value?.toFixed(2)} ± ${mcse?.toFixed(2)} too high`);
  }
}
console.log(summary);
console.log(`tables and charts: ${folder}`);
