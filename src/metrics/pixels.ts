import { ssim as ssimOfRgba } from '@blazediff/ssim';

/**
 * Peak signal-to-noise ratio of 8-bit pixels in decibels, 10 log₁₀(255² / mean squared difference);
 * infinite for equal pixels.
 *
 * @param a pixels [n] of one image
 * @param b pixels [n] of the other
 */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} and ${b.length} values`);
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return 10 * Math.log10((255 ** 2 * a.length) / squares);
}

/**
 * Structural similarity of two RGB images [height, width, 3] on their luma, Gaussian windows of 11 × 11:
 * Wang et al. 2004, doi 10.1109/TIP.2003.819861, as MATLAB's ssim computes it.
 */
export function ssim(a: Uint8Array, b: Uint8Array, width: number, height: number): number {
  return ssimOfRgba(opaque(a), opaque(b), undefined, width, height);
}

function opaque(rgb: Uint8Array): Uint8Array {
  const rgba = new Uint8Array((rgb.length / 3) * 4).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba.set(rgb.subarray(from, from + 3), to);
  }
  return rgba;
}
