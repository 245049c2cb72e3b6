/** Squares of 2⁻⁵² and of 2⁻⁶²: what an off-diagonal counts as zero by. */
const RELATIVE: f64 = 4.930380657631324e-32;
const ABSOLUTE: f64 = 4.70197740328915e-38;
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
function negligible(d: usize, squares: usize, i: i32, floor: f64): bool {
  return at(squares, i) <= RELATIVE * abs(at(d, i) * at(d, i + 1)) + floor;
}

/**
 * Eigenvalues (unsorted, into d) of the symmetric tridiagonal matrix with diagonal d and
 * off-diagonals e (e[i] couples i and i + 1; overwritten), by the square-root-free QL iteration of
 * Pal, Walker & Kahan (Parlett, The Symmetric Eigenvalue Problem, §8.15), on squared off-diagonals.
 * A block is turned round where its larger end comes first, since QL wants it last.
 *
 * Entries are of the order of 1. Off-diagonals under 2⁻⁶² of the largest entry are dropped too: the
 * reduction before has perturbed the matrix by more, and the iteration stays clear of underflow.
 * Returns the number of eigenvalues that did not converge.
 */
export function rootFreeQl(n: i32, d: usize, e: usize): i32 {
  let largest: f64 = 0;
  for (let i = 0; i < n; i++) largest = max(largest, max(abs(at(d, i)), abs(at(e, i))));
  const floor = ABSOLUTE * largest * largest;
  for (let i = 0; i < n; i++) put(e, i, at(e, i) * at(e, i));
  let failed = 0;
  let first = 0;
  while (first < n) {
    let last = first;
    while (last < n - 1 && !negligible(d, e, last, floor)) last++;
    if (abs(at(d, first)) > abs(at(d, last))) {
      reverse(d, first, last);
      reverse(e, first, last - 1);
    }
    failed += solveBlock(first, last, d, e, floor);
    first = last + 1;
  }
  return failed;
}

/** The eigenvalues of the unreduced block first … last, one after the other from the top. */
function solveBlock(first: i32, last: i32, d: usize, e: usize, floor: f64): i32 {
  let failed = 0;
  let sweeps = 0;
  while (first < last) {
    let end = first;
    while (end < last && !negligible(d, e, end, floor)) end++;
    if (end == first || sweeps == SWEEPS) {
      if (end != first) failed++;
      first++;
      sweeps = 0;
      continue;
    }
    sweeps++;
    sweep(first, end, d, e);
  }
  return failed;
}

/** One QL sweep over rows first … end with Wilkinson's shift. */
function sweep(first: i32, end: i32, d: usize, e: usize): void {
  const root = sqrt(at(e, first));
  const top = at(d, first);
  const half = (at(d, first + 1) - top) / (2 * root);
  const shift = top - root / (half + copysign(sqrt(half * half + 1), half));
  let cosine: f64 = 1; // squares of the rotation's cosine and sine
  let sine: f64 = 0;
  let gamma = at(d, end) - shift;
  let p = gamma * gamma;
  for (let i = end - 1; i >= first; i--) {
    const b = at(e, i);
    const r = p + b;
    if (i != end - 1) put(e, i + 1, sine * r);
    const before = cosine;
    cosine = p / r;
    sine = b / r;
    const old = gamma;
    const alpha = at(d, i);
    gamma = cosine * (alpha - shift) - sine * old;
    put(d, i + 1, old + (alpha - gamma));
    p = cosine != 0 ? (gamma * gamma) / cosine : before * b;
  }
  put(e, first, sine * p);
  put(d, first, shift + gamma);
}
