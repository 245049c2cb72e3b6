/** Of this thread: the memory of one large matrix, for whichever step needs one next. */
let spare: Float64Array | null = null;

/**
 * Memory for `length` numbers or more, of undefined content. To be given back by `releaseMatrix`: to ask for
 * 33 MB anew in each draw costs the system as long as to fill them.
 */
export function takeMatrix(length: number): Float64Array {
  const taken = spare && spare.length >= length ? spare : new Float64Array(length);
  spare = null;
  return taken;
}

export function releaseMatrix(data: Float64Array): void {
  spare = data;
}

/** Forgets what was given back. */
export function dropSpareMatrix(): void {
  spare = null;
}
