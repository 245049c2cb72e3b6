// Standard normals a second, one thread: the kernel against a plain Box–Muller on seedrandom and,
// where python3 has NumPy, its Generator.standard_normal. Run `npm run build` first.
// The hardware limit is the write of the numbers to memory, measured as a copy of an array.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import seedrandom from 'seedrandom';
import { normalSource } from '../dist/random/normals.js';
import { stream } from '../dist/random/stream.js';

const COUNT = 1_000_000;
const ROUNDS = 15;

const NUMPY = `
import statistics, sys, time
import numpy as np
count, rounds = ${COUNT}, ${ROUNDS}
for dtype in (np.float64, np.float32):
    generator, out, seconds = np.random.default_rng(1), np.empty(count, dtype), []
    for _ in range(rounds):
        start = time.perf_counter()
        generator.standard_normal(out=out, dtype=dtype)
        seconds.append(time.perf_counter() - start)
    print(np.__version__, np.dtype(dtype).name, statistics.median(seconds))
`;

function boxMuller(out, uniform) {
  for (let i = 0; i < out.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    out[i] = radius * Math.cos(angle);
    out[i + 1] = radius * Math.sin(angle);
  }
}

function ours() {
  const source = normalSource(stream('bench'));
  const uniform = seedrandom('bench');
  const double = new Float64Array(COUNT);
  const other = new Float64Array(COUNT);
  const single = new Float32Array(COUNT);
  const blocks = () => {
    for (let i = 0; i < COUNT; i += 4000) source.block(4000);
  };
  return [
    ['kernel, blocks in place, float64', 8, blocks],
    ['kernel, fill, float64', 8, () => source.fill(double)],
    ['kernel, fill, float32', 4, () => source.fill(single)],
    ['Box–Muller on seedrandom, float64', 8, () => boxMuller(double, uniform)],
    ['(copy of a float64 array)', 8, () => double.set(other)],
  ];
}

function numpy() {
  const { status, stdout } = spawnSync('python3', ['-c', NUMPY], { encoding: 'utf8' });
  if (status !== 0) return [];
  return stdout
    .trim()
    .split('\n')
    .map((line) => {
      const [version, dtype, seconds] = line.split(' ');
      return row(
        `NumPy ${version} standard_normal, ${dtype}`,
        dtype === 'float64' ? 8 : 4,
        +seconds,
      );
    });
}

function row(name, bytes, seconds) {
  return {
    name,
    nsPerNumber: (seconds / COUNT) * 1e9,
    gbPerSecond: (COUNT * bytes) / seconds / 1e9,
  };
}

/** Rows of medians: `{ name, nsPerNumber, gbPerSecond }`. Ways take turns, so that all see one machine. */
export function benchNormals() {
  const ways = ours().map(([name, bytes, run]) => ({ name, bytes, run, seconds: [] }));
  for (const way of ways) for (let i = 0; i < 3; i++) way.run(); // until V8 has optimised
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of ways) {
      const start = performance.now();
      way.run();
      way.seconds.push((performance.now() - start) / 1000);
    }
  }
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return [...ways.map((way) => row(way.name, way.bytes, median(way.seconds))), ...numpy()];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name, nsPerNumber, gbPerSecond } of benchNormals()) {
    const rate = `${nsPerNumber.toFixed(2).padStart(8)} ns ${gbPerSecond.toFixed(2).padStart(7)} GB/s`;
    console.log(name.padEnd(44), rate);
  }
}
