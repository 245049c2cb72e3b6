// Writes the small sets behind docs/faq.md into a folder: node docs/faq-inputs.mjs FOLDER
// Features are Gaussian, in 64 dimensions that stand in for 2,048; the same numbers on every machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stream, writeStatisticsNpz } from 'fid-study';

const D = 64;
const folder = process.argv[2] ?? 'faq';
mkdirSync(folder, { recursive: true });

/** Standard deviations: a spectrum λ ∝ i^-1.25, as that of the built-in surrogate. */
const deviations = Array.from({ length: D }, (_, i) => (i + 1) ** -0.625);

/** Rows of N(0, diag λ), each with `shift(i)` added to its first coordinate. */
function rows(count, seed, shift = () => 0) {
  const uniforms = stream('faq', seed);
  // Box and Muller.
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - uniforms.next())) * Math.cos(2 * Math.PI * uniforms.next());
  return Array.from({ length: count }, (_, i) =>
    deviations.map((deviation, j) => deviation * normal() + (j === 0 ? shift(i) : 0)),
  );
}

/** Writes a .npy of float32 [N, 64]. */
function writeRows(name, values) {
  const shape = `{'descr': '<f4', 'fortran_order': False, 'shape': (${values.length}, ${D}), }`;
  const header = Buffer.from(`${shape.padEnd(117)}\n`, 'latin1');
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0]);
  const data = Buffer.from(Float32Array.from(values.flat()).buffer);
  writeFileSync(join(folder, name), Buffer.concat([start, header, data]));
}

const real = rows(2000, 'real');
writeRows('real.npy', real);
writeRows('other-half.npy', rows(2000, 'other half'));

// Fewer rows than dimensions, and the same three times over.
const few = rows(50, 'few');
writeRows('few.npy', few);
writeRows('tripled.npy', [...few, ...few, ...few]);

// The same two sets by a network whose features are half as large.
const halved = (values) => values.map((row) => row.map((value) => value / 2));
const samples = rows(2000, 'samples', () => 0.5);
writeRows('samples.npy', samples);
writeRows('real-by-another-network.npy', halved(real));
writeRows('samples-by-another-network.npy', halved(samples));

// Ten classes with means of their own: 200 images of each, or labels at random.
const classMean = (label) => 0.8 * (label - 4.5);
const labels = Array.from({ length: 2000 }, (_, i) => i % 10);
const uniforms = stream('faq', 'labels');
const random = labels.map(() => uniforms.integer(10));
writeRows(
  'real-of-classes.npy',
  rows(2000, 'classes', (i) => classMean(labels[i])),
);
writeRows(
  'balanced.npy',
  rows(2000, 'balanced', (i) => classMean(labels[i])),
);
writeRows(
  'random.npy',
  rows(2000, 'random', (i) => classMean(random[i])),
);
writeFileSync(join(folder, 'labels.txt'), `${labels.join('\n')}\n`);

// Statistics that no features have: one variance is negative.
const covariance = new Float64Array(D * D);
for (let i = 0; i < D; i++) covariance[i * D + i] = (i === 20 ? -1 : 1) * deviations[i] ** 2;
await writeStatisticsNpz(join(folder, 'damaged.npz'), {
  mean: new Float64Array(D),
  covariance,
  dimension: D,
});
