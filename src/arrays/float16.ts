let table: Float32Array | undefined;

/** The 65,536 values of IEEE half precision by bit pattern (Node 20 has no Float16Array). */
export function float16Values(): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => halfValue(bits));
  return table;
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
