// Standard normals: four lanes of xoshiro256++ in two vectors, a ziggurat on each word. Number 4i + j
// of the sequence comes from word i of lane j; the few candidates that fall outside the curve take
// their further words from one side generator, in order. So the sequence has no other parameter.
// No host function is called: the same seed gives the same bits wherever WebAssembly runs.

import { EDGES, LAYERS, STATE, WORDS } from './_normals-layout';
import { buildTables, normal, PLACE_BITS, PLACE_SHIFT } from './_normals-ziggurat';

export { NUMBERS, STATE } from './_normals-layout';

const LAYER_MASK: usize = (LAYERS - 1) * 16;

/** Builds the tables. The host seeds STATE with 40 words of 32 bits. */
export function prepare(): void {
  buildTables();
}

/** Writes the next normals to [at, end), float64; the number of them is a multiple of 4. */
export function generate(at: usize, end: usize): void {
  // Lanes 0 and 1 in a, lanes 2 and 3 in b: two chains of operations in flight.
  let a0 = v128.load(STATE);
  let b0 = v128.load(STATE, 16);
  let a1 = v128.load(STATE, 32);
  let b1 = v128.load(STATE, 48);
  let a2 = v128.load(STATE, 64);
  let b2 = v128.load(STATE, 80);
  let a3 = v128.load(STATE, 96);
  let b3 = v128.load(STATE, 112);
  for (; at < end; at += 32) {
    const a = i64x2.add(rotate(i64x2.add(a0, a3), 23), a0);
    const b = i64x2.add(rotate(i64x2.add(b0, b3), 23), b0);
    const aShifted = i64x2.shl(a1, 17);
    const bShifted = i64x2.shl(b1, 17);
    a2 = v128.xor(a2, a0);
    b2 = v128.xor(b2, b0);
    a3 = v128.xor(a3, a1);
    b3 = v128.xor(b3, b1);
    a1 = v128.xor(a1, a2);
    b1 = v128.xor(b1, b2);
    a0 = v128.xor(a0, a3);
    b0 = v128.xor(b0, b3);
    a2 = v128.xor(a2, aShifted);
    b2 = v128.xor(b2, bShifted);
    a3 = rotate(a3, 45);
    b3 = rotate(b3, 45);

    const edge0 = edges(i64x2.extract_lane(a, 0));
    const edge1 = edges(i64x2.extract_lane(a, 1));
    const edge2 = edges(i64x2.extract_lane(b, 0));
    const edge3 = edges(i64x2.extract_lane(b, 1));
    const x = f64x2.mul(place(a), v128.shuffle<u64>(edge0, edge1, 0, 2));
    const y = f64x2.mul(place(b), v128.shuffle<u64>(edge2, edge3, 0, 2));
    v128.store(at, x);
    v128.store(at, y, 16);
    const xInside = f64x2.lt(f64x2.abs(x), v128.shuffle<u64>(edge0, edge1, 1, 3));
    const yInside = f64x2.lt(f64x2.abs(y), v128.shuffle<u64>(edge2, edge3, 1, 3));
    if (!i64x2.all_true(v128.and(xInside, yInside))) {
      v128.store(WORDS, a);
      v128.store(WORDS, b, 16);
      mend(at, i64x2.bitmask(xInside) | (i64x2.bitmask(yInside) << 2));
    }
  }
  v128.store(STATE, a0);
  v128.store(STATE, b0, 16);
  v128.store(STATE, a1, 32);
  v128.store(STATE, b1, 48);
  v128.store(STATE, a2, 64);
  v128.store(STATE, b2, 80);
  v128.store(STATE, a3, 96);
  v128.store(STATE, b3, 112);
}

/** Rounds float64 at [from, end) to float32 at `to`, in pairs; `to` may equal `from`. */
export function narrow(from: usize, end: usize, to: usize): void {
  for (; from < end; from += 16, to += 8) {
    v128.store64_lane(to, f32x4.demote_f64x2_zero(v128.load(from)), 0);
  }
}

/** Replaces those of the four numbers at `at` whose bit of `inside` is not set. */
function mend(at: usize, inside: i32): void {
  for (let lane: usize = 0; lane < 4; lane++) {
    if (inside & (1 << <i32>lane)) continue;
    store<f64>(at + lane * 8, normal(load<u64>(WORDS + lane * 8)));
  }
}

// @ts-ignore: decorator
@inline
function rotate(words: v128, bits: i32): v128 {
  return v128.or(i64x2.shl(words, bits), i64x2.shr_u(words, 64 - bits));
}

// @ts-ignore: decorator
@inline
function edges(word: u64): v128 {
  return v128.load(EDGES + (<usize>word & LAYER_MASK));
}

// @ts-ignore: decorator
@inline
function place(words: v128): v128 {
  const float = v128.or(i64x2.shr_u(words, 12), i64x2.splat(PLACE_BITS));
  return f64x2.sub(float, f64x2.splat(PLACE_SHIFT));
}
