import { rotateStrip } from './_rotations';

/** An off-diagonal is negligible below 2⁻⁵² of its two diagonal entries, or 2⁻⁶² of the largest. */
const RELATIVE: f64 = 2.220446049250313e-16;
const TINY: f64 = 2.168404344971009e-19;
const SWEEPS: i32 = 60;
/** Rotations kept before they are applied to the vectors: enough that moving these is cheap. */
const BATCH: i32 = 131072;

let strips: usize = 0;
let columns: i32 = 0;
let rotations: usize = 0; // BATCH pairs (cosine, sine)
let sweeps: usize = 0; // for each sweep kept: its first row and its end
let kept: i32 = 0;
let sweepsKept: i32 = 0;

@inline
function at(x: usize, i: i32): usize {
  return x + ((<usize>i) << 3);
}

/**
 * Eigenvalues (unsorted, into d) of the symmetric tridiagonal matrix with diagonal d and off-diagonals
 * e (overwritten), by implicit QL with Wilkinson's shift (Dubrulle, Martin & Wilkinson 1968), rows
 * first … n − 1; those before are left alone. The n columns of `vectors` (in strips, `toStrips`) are
 * rotated along, many sweeps at a time.
 *
 * work: 131072 · 16 + 131072 · 8 bytes. Returns the number of eigenvalues that did not converge.
 */
export function implicitQl(
  first: i32,
  n: i32,
  d: usize,
  e: usize,
  vectors: usize,
  work: usize,
): i32 {
  strips = vectors;
  columns = n;
  rotations = work;
  sweeps = work + ((<usize>BATCH) << 4);
  kept = 0;
  sweepsKept = 0;
  let largest: f64 = 0;
  for (let i = first; i < n; i++) {
    largest = max(largest, max(abs(load<f64>(at(d, i))), abs(load<f64>(at(e, i)))));
  }
  const tiny = TINY * largest;
  let failed = 0;
  for (let row = first; row < n; row++) {
    for (let count = 0; ; count++) {
      let end = row;
      while (end < n - 1 && !negligible(d, e, end, tiny)) end++;
      if (end == row) break;
      if (count == SWEEPS) {
        failed++;
        break;
      }
      if (kept + end - row > BATCH) apply();
      sweep(row, end, d, e);
    }
  }
  apply();
  return failed;
}

function negligible(d: usize, e: usize, i: i32, tiny: f64): bool {
  const neighbours = abs(load<f64>(at(d, i))) + abs(load<f64>(at(d, i + 1)));
  return abs(load<f64>(at(e, i))) <= max(RELATIVE * neighbours, tiny);
}

/** One sweep over rows first … end; its rotations are kept. */
function sweep(first: i32, end: i32, d: usize, e: usize): void {
  const record = sweeps + ((<usize>sweepsKept) << 3);
  sweepsKept += 1;
  store<i32>(record, first);
  store<i32>(record + 4, end);
  let pair = rotations + ((<usize>kept) << 4);
  kept += end - first;
  const top = load<f64>(at(d, first));
  const coupling = load<f64>(at(e, first));
  const half = (load<f64>(at(d, first + 1)) - top) / (2 * coupling);
  const shift = top - coupling / (half + copysign(sqrt(half * half + 1), half));
  let g = load<f64>(at(d, end)) - shift;
  let c: f64 = 1;
  let s: f64 = 1;
  let p: f64 = 0;
  for (let i = end - 1; i >= first; i--) {
    const off = load<f64>(at(e, i));
    const bulge = s * off;
    const b = c * off;
    const r = sqrt(bulge * bulge + g * g);
    store<f64>(at(e, i + 1), r);
    const inverse = 1 / r;
    c = r > 0 ? g * inverse : 1;
    s = r > 0 ? bulge * inverse : 0;
    const lower = load<f64>(at(d, i + 1)) - p;
    const mixed = (load<f64>(at(d, i)) - lower) * s + 2 * c * b;
    p = s * mixed;
    store<f64>(at(d, i + 1), lower + p);
    g = c * mixed - b;
    store<f64>(pair, c);
    store<f64>(pair + 8, s);
    pair += 16;
  }
  store<f64>(at(d, first), load<f64>(at(d, first)) - p);
  store<f64>(at(e, first), g);
  store<f64>(at(e, end), 0);
}

/** Applies the sweeps kept to all vectors, strip by strip. */
function apply(): void {
  for (let row = 0; row < columns; row += 16) {
    const strip = strips + ((<usize>row * <usize>columns) << 3);
    let pair = rotations;
    for (let k = 0; k < sweepsKept; k++) {
      const record = sweeps + ((<usize>k) << 3);
      const first = load<i32>(record);
      const end = load<i32>(record + 4);
      rotateStrip(first, end, strip, pair);
      pair += (<usize>(end - first)) << 4;
    }
  }
  kept = 0;
  sweepsKept = 0;
}
