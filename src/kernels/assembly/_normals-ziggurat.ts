// The ziggurat of Marsaglia & Tsang (2000, doi 10.18637/jss.v005.i08): layers of equal area that
// cover exp(−x²/2). Layer i reaches from 0 to x_i; what is left of x_{i+1} lies under the curve.
// 1024 layers: the slow path is taken by 1 candidate in 234, and its tables still fit the L1 cache.

import { EDGES, HEIGHTS, LAYERS } from './_normals-layout';
import { exp, log } from './_normals-math';
import { uniform, word } from './_normals-side';

/** Where the tail begins and the area of a layer: the solution of x_1024 = 0 (by bisection in 50 digits). */
const TAIL: f64 = 4.038849846109505;
const AREA: f64 = 0.001226324646353088;

export function buildTables(): void {
  let height: f64 = 0.0;
  // The base layer holds the tail: a rectangle as wide as its area asks for.
  let edge: f64 = AREA / exp(-0.5 * TAIL * TAIL);
  for (let i: usize = 0; i < LAYERS; i++) {
    store<f64>(EDGES + i * 16, edge);
    store<f64>(HEIGHTS + i * 8, height);
    height = i + 1 < LAYERS ? height + AREA / edge : 1.0;
    edge = Math.sqrt(-2.0 * log(height));
    store<f64>(EDGES + i * 16, edge, 8);
  }
  store<f64>(HEIGHTS + LAYERS * 8, height);
}

/**
 * The normal of a candidate word: bits 4–13 choose the layer, bits 14–63 a place in (−1, 1) on a
 * grid symmetric about 0. A word outside the curve is replaced by words of the side generator.
 */
export function normal(candidate: u64): f64 {
  let bits = candidate;
  while (true) {
    const layer = <usize>(bits >> 4) & (LAYERS - 1);
    const x = (reinterpret<f64>((bits >> 12) | PLACE_BITS) - PLACE_SHIFT) *
      load<f64>(EDGES + layer * 16);
    if (Math.abs(x) < load<f64>(EDGES + layer * 16, 8)) return x;
    if (layer == 0) return copysign<f64>(tail(), x);
    const floor = load<f64>(HEIGHTS + layer * 8);
    const ceiling = load<f64>(HEIGHTS + layer * 8, 8);
    if (floor + uniform() * (ceiling - floor) < exp(-0.5 * x * x)) return x;
    bits = word();
  }
}

/** These exponent bits make 52 mantissa bits a number in [2, 4); its last two bits are set. */
export const PLACE_BITS: u64 = 0x4000000000000003;
/** 3 + 2⁻⁵¹, the middle of the numbers that PLACE_BITS leaves. */
export const PLACE_SHIFT: f64 = 3.0000000000000004;

/** A normal beyond TAIL (Marsaglia 1964, Technometrics 6, 101–102). */
function tail(): f64 {
  while (true) {
    const step = -log(uniform()) / TAIL;
    if (-2.0 * log(uniform()) > step * step) return TAIL + step;
  }
}
