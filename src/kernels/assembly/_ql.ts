/** 2⁻¹⁰⁴: an off-diagonal is negligible if its square is below this share of its diagonals' product. */
const RELATIVE: f64 = 4.930380657631324e-32;
/**
 * 2⁻¹¹⁰: smaller entries, relative to the largest, count as zero. Far below EPS: a graded matrix keeps
 * its small eigenvalues through the reduction, and FID sums their square roots.
 */
const TINY: f64 = 7.703719777548943e-34;
const SWEEPS: i32 = 60;

@inline
function at(x: usize, i: i32): f64 {
  return load<f64>(x + ((<usize>i) << 3));
}

@inline
function put(x: usize, i: i32, value: f64): void {
  store<f64>(x + ((<usize>i) << 3), value);
}

function reverse(x: usize, from: i32, to: i32): void {
  while (from < to) {
    const t = at(x, from);
    put(x, from++, at(x, to));
    put(x, to--, t);
  }
}

@inline
function negligible(d: usize, squares: usize, i: i32, tiny: f64): bool {
  return at(squares, i) <= RELATIVE * abs(at(d, i) * at(d, i + 1)) + tiny * tiny;
}

/**
 * Eigenvalues (unsorted, into d) of the symmetric tridiagonal matrix with diagonal d and
 * off-diagonals e (e[i] couples i and i + 1; overwritten), by the square-root-free QL iteration of
 * Pal, Walker & Kahan (Parlett, The Symmetric Eigenvalue Problem, §8.15), on squared off-diagonals.
 * A block is reversed if its larger end comes first, since QL wants it last.
 *
 * Entries are of the order of 1. Off-diagonals under TINY times the largest are dropped too, which
 * keeps the iteration clear of underflow.
 * Returns the number of eigenvalues that did not converge.
 */
export function rootFreeQl(n: i32, d: usize, e: usize): i32 {
  let largest: f64 = 0;
  for (let i = 0; i < n; i++) largest = max(largest, max(abs(at(d, i)), abs(at(e, i))));
  const tiny = TINY * largest;
  for (let i = 0; i < n; i++) put(e, i, at(e, i) * at(e, i));
  let failed = 0;
  let first = 0;
  while (first < n) {
    let last = first;
    while (last < n - 1 && !negligible(d, e, last, tiny)) last++;
    if (abs(at(d, first)) > abs(at(d, last))) {
      reverse(d, first, last);
      reverse(e, first, last - 1);
    }
    failed += solveBlock(first, last, d, e, tiny);
    first = last + 1;
  }
  return failed;
}

/** The eigenvalues of the unreduced block first … last, one after the other from the top. */
function solveBlock(first: i32, last: i32, d: usize, e: usize, tiny: f64): i32 {
  let failed = 0;
  let sweeps = 0;
  while (first < last) {
    let end = first;
    while (end < last && !negligible(d, e, end, tiny)) end++;
    if (end == first || sweeps == SWEEPS) {
      if (end != first) failed++;
      first++;
      sweeps = 0;
      continue;
    }
    sweeps++;
    sweep(first, end, d, e, tiny);
  }
  return failed;
}

/**
 * One QL sweep over rows first … end with Wilkinson's shift. Two recurrences run side by side, of one
 * division each: t, the pivots of T − shift, and the squared cosines p / (p + b) with p = c t². (The
 * usual form divides by c as well, in one chain with the rest, and takes twice as long.)
 */
function sweep(first: i32, end: i32, d: usize, e: usize, tiny: f64): void {
  const root = sqrt(at(e, first));
  const top = at(d, first);
  const half = (at(d, first + 1) - top) / (2 * root);
  const shift = top - root / (half + copysign(sqrt(half * half + 1), half));
  let t = away(at(d, end) - shift, tiny);
  let gamma = t;
  let p = t * t;
  let sine: f64 = 0; // squared
  for (let i = end - 1; i >= first; i--) {
    const b = at(e, i);
    const r = p + b;
    put(e, i + 1, sine * r);
    const cosine = p / r; // squared
    sine = b / r;
    const old = gamma;
    const alpha = at(d, i);
    t = away(alpha - shift - b / t, tiny);
    gamma = cosine * t;
    put(d, i + 1, old + (alpha - gamma));
    p = gamma * t;
  }
  put(e, first, sine * p);
  put(d, first, shift + gamma);
}

/** A pivot kept from zero. */
@inline
function away(t: f64, tiny: f64): f64 {
  return abs(t) < tiny ? tiny : t;
}
