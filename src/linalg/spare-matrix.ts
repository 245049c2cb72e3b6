/** The memory of one large matrix, per thread, for the next step that needs one. */
let spare: Float64Array | null = null;

/**
 * Memory for `length` numbers or more, of undefined content. Give it back with `releaseMatrix`:
 * allocating 33 MB in each draw takes the system as long as filling them.
 */
export function takeMatrix(length: number): Float64Array {
  const taken = spare && spare.length >= length ? spare : new Float64Array(length);
  spare = null;
  return taken;
}

export function releaseMatrix(data: Float64Array): void {
  spare = data;
}

/** Drops the memory that was given back. */
export function dropSpareMatrix(): void {
  spare = null;
}
