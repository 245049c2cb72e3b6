/**
 * Whether an image file may be of CMYK: a JPEG of four components, or any TIFF. A damaged one is left
 * to the decoder.
 */
export function mayBeCmyk(bytes: Uint8Array): boolean {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  return /^(?:II[*+]\0|MM\0[*+])/.test(start) || jpegComponents(bytes) === 4;
}

/** Of a JPEG's first frame, whose header is never far in; 0 where there is none. */
function jpegComponents(bytes: Uint8Array): number {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return 0;
  let at = 2;
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    // Any number of 0xff may stand before a marker.
    if (marker === 0xff) at += 1;
    else if (isFrame(marker)) return bytes[at + 9]!;
    else at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  return 0;
}

/** SOF0 to SOF15 but for the tables DHT, JPG and DAC, which share their numbers. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

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
