/**
 * RGB of interleaved cyan, magenta, yellow and black, as Pillow's `convert('RGB')` has it: each ink and
 * black multiplied, in whole numbers, without a colour profile.
 *
 * Source: `cmyk2rgb` in Pillow's `src/libImaging/Convert.c`.
 */
export function cmykToRgb(data: Uint8Array): Uint8Array {
  const pixels = data.length / 4;
  const out = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    const light = 255 - data[i * 4 + 3]!;
    for (let ink = 0; ink < 3; ink++) {
      // a b / 255, rounded.
      const product = data[i * 4 + ink]! * light + 128;
      out[i * 3 + ink] = light - (((product >> 8) + product) >> 8);
    }
  }
  return out;
}
