import { exp, log } from '../../src/kernels/assembly/_normals-math.ts';
import { SEED_WORDS } from '../../src/random/normals.ts';
import type { Stream } from '../../src/random/stream.ts';

const LAYERS = 1024;
const TAIL = 4.038849846109505;
const AREA = 0.001226324646353088;
const LANES = 4;

/**
 * The sequence of `normalSource` in plain TypeScript, a number at a time: the kernel must give the
 * same bits. It shares only exp and log with the kernel.
 */
export function* referenceNormals(stream: Stream): Generator<number, never> {
  const state = new BigUint64Array(stream.words(SEED_WORDS).buffer);
  const lanes = Array.from({ length: LANES }, (_, lane) =>
    xoshiro([0, 1, 2, 3].map((word) => state[word * LANES + lane]!)),
  );
  const side = xoshiro([...state.subarray(4 * LANES)]);
  const { edges, heights } = layers();
  for (let i = 0; ; i++) yield normal(lanes[i % LANES]!(), side, edges, heights);
}

function normal(candidate: bigint, side: () => bigint, edges: number[], heights: number[]): number {
  const uniform = () => (Number(side() >> 12n) + 0.5) * 2 ** -52;
  for (let bits = candidate; ; bits = side()) {
    const layer = Number((bits >> 4n) & 1023n);
    // 50 bits as the middle of one of 2⁵⁰ equal cells of (−1, 1).
    const place = (Number(bits >> 14n) + 0.5) * 2 ** -49 - 1;
    const x = place * edges[layer]!;
    if (Math.abs(x) < edges[layer + 1]!) return x;
    if (layer === 0) return Math.sign(x) * (TAIL + tailStep(uniform));
    const [floor, ceiling] = [heights[layer]!, heights[layer + 1]!];
    if (floor + uniform() * (ceiling - floor) < exp(-0.5 * x * x)) return x;
  }
}

function tailStep(uniform: () => number): number {
  for (;;) {
    const step = -log(uniform()) / TAIL;
    if (-2 * log(uniform()) > step * step) return step;
  }
}

/** Edges x_i and heights exp(−x_i²/2) of layers of equal area; the base layer holds the tail. */
function layers(): { edges: number[]; heights: number[] } {
  const edges = [AREA / exp(-0.5 * TAIL * TAIL)];
  const heights = [0];
  for (let i = 0; i < LAYERS; i++) {
    const height = i + 1 < LAYERS ? heights[i]! + AREA / edges[i]! : 1;
    heights.push(height);
    edges.push(Math.sqrt(-2 * log(height)));
  }
  return { edges, heights };
}

/** xoshiro256++ of Blackman & Vigna 2021, doi 10.1145/3460772. */
function xoshiro(seed: bigint[]): () => bigint {
  const wrap = (x: bigint) => BigInt.asUintN(64, x);
  const rotate = (x: bigint, k: bigint) => wrap((x << k) | (x >> (64n - k)));
  let [s0, s1, s2, s3] = seed as [bigint, bigint, bigint, bigint];
  return () => {
    const result = wrap(rotate(wrap(s0 + s3), 23n) + s0);
    const shifted = wrap(s1 << 17n);
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotate(s3, 45n);
    return result;
  };
}
