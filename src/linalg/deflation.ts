/** Eigenvalues that the coupling of two halves does not move, or moves by rounding only. */
export interface Deflated {
  /** Rows of `vectors` that take part, by their eigenvalue. */
  readonly coupled: number[];
  /** All others. */
  readonly free: number[];
}

/**
 * Takes out of diag(d) + z zᵀ what is an eigenpair already, to rounding: where z is 0, and where two
 * eigenvalues are so close that a rotation makes it 0 for one of them (Dongarra & Sorensen 1987, doi
 * 10.1137/0908018). Rotations change d, z and the eigenvectors, which are rows.
 *
 * @param order of d, ascending
 * @param size numbers in a row of `vectors`
 */
export function deflate(
  d: Float64Array,
  z: Float64Array,
  order: readonly number[],
  vectors: { readonly rotate: (i: number, k: number, c: number, s: number) => void },
): Deflated {
  let largest = 0;
  let square = 0;
  for (let i = 0; i < d.length; i++) {
    largest = Math.max(largest, Math.abs(d[i]!));
    square += z[i]! * z[i]!;
  }
  const norm = Math.sqrt(square);
  const tolerance = 8 * Number.EPSILON * Math.max(largest, square);
  const coupled: number[] = [];
  const free: number[] = [];
  let before = -1;
  for (const k of order) {
    // An entry of z moves its eigenvalue's vector by |z| zₖ.
    if (norm * Math.abs(z[k]!) <= tolerance) {
      free.push(k);
      continue;
    }
    if (before >= 0) {
      const [x, y] = [z[before]!, z[k]!];
      const length = Math.sqrt(x * x + y * y);
      const c = y / length;
      const s = x / length;
      const gap = d[k]! - d[before]!;
      if (Math.abs(gap * c * s) <= tolerance) {
        z[k] = length;
        z[before] = 0;
        vectors.rotate(before, k, c, s);
        const [p, q] = [d[before]!, d[k]!];
        d[before] = p * c * c + q * s * s;
        d[k] = p * s * s + q * c * c;
        free.push(before);
        coupled.pop();
      }
    }
    coupled.push(k);
    before = k;
  }
  return { coupled, free };
}
