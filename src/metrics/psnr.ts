/**
 * Peak signal-to-noise ratio of 8-bit pixels in decibels, 10 log₁₀(255² / mean squared difference);
 * infinite for equal pixels.
 *
 * @param a pixels [n] of one image
 * @param b the same of the other
 */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} values`);
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10((255 ** 2 * a.length) / squares);
}
