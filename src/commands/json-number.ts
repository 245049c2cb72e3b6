/** JSON has no infinity; it is written as `inf`, which the flags accept. */
export function jsonNumber(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? 'inf' : value;
}
