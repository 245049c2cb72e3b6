import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import {
  type Description,
  descriptionFormat,
  descriptionSchema,
} from '../../../src/models/custom/description.ts';
import { modeOf, preprocessingGraph } from '../../../src/models/custom/preprocessing.ts';

const fixture = JSON.parse(
  readFileSync(new URL('./fixtures/pillow.json', import.meta.url), 'utf8'),
) as {
  cases: {
    image: [number, number];
    resize: object;
    crop?: object;
    shape: number[];
    bytes: string;
  }[];
};

function describing(part: object, layout = 'NHWC', colors = 'RGB'): Description {
  return descriptionSchema.parse({
    format: descriptionFormat,
    input: { name: 'x', layout, colors },
    output: { name: 'y' },
    ...part,
  });
}

function image(height: number, width: number, count = 1): Uint8Array {
  return Uint8Array.from(
    { length: count * height * width * 3 },
    (_, i) => (i * i * 31 + 7 * i) % 256,
  );
}

async function preprocessed(
  description: Description,
  pixels: Uint8Array,
  dims: readonly number[],
  type: 'float32' | 'uint8' = 'float32',
) {
  const session = await InferenceSession.create(preprocessingGraph(description, type));
  const { values } = await session.run({ images: new Tensor('uint8', pixels, [...dims, 3]) });
  await session.release();
  return { dims: [...values!.dims], values: [...(values!.data as Float32Array)] };
}

describe("resizing as torchvision's of PIL images", () => {
  it.each(fixture.cases)('$image to $resize, crop $crop, byte for byte', async (each) => {
    const { image: size, resize, crop, shape, bytes } = each;
    const description = describing({ resize, ...(crop && { crop }) });
    const result = await preprocessed(description, image(...size), [1, ...size], 'uint8');
    expect(result.dims).toEqual([1, ...shape]);
    expect(result.values).toEqual([...Buffer.from(bytes, 'base64')]);
    const floats = await preprocessed(description, image(...size), [1, ...size]);
    expect(floats.values).toEqual(result.values);
  });
});

describe('preprocessingGraph', () => {
  it('crops, orders colours, scales and lays out as a plain loop does', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          height: fc.integer({ min: 4, max: 12 }),
          width: fc.integer({ min: 4, max: 12 }),
          crop: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
          count: fc.integer({ min: 1, max: 3 }),
          layout: fc.constantFrom('NCHW', 'NHWC'),
          colors: fc.constantFrom('RGB', 'BGR'),
          divisor: fc.constantFrom(1, 255),
          mean: fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: -9, max: 9 }))),
          std: fc.tuple(...Array.from({ length: 3 }, () => fc.integer({ min: 1, max: 9 }))),
        }),
        async ({ height, width, crop, count, layout, colors, ...scaling }) => {
          // To its own size, an image is resized into itself.
          const resize = { size: [height, width], filter: 'torch-bilinear' };
          const description = describing({ resize, crop, scaling }, layout, colors);
          const pixels = image(height, width, count);
          const result = await preprocessed(description, pixels, [count, height, width]);
          const [top, left] = [halfToEven(height - crop[0]!), halfToEven(width - crop[1]!)];
          const expected = Array.from(result.values, () => 0);
          const nchw = layout === 'NCHW';
          const dims = nchw ? [count, 3, ...crop] : [count, ...crop, 3];
          expect(result.dims).toEqual(dims);
          eachIndex([count, crop[0]!, crop[1]!, 3], ([n, y, x, c]) => {
            const color = colors === 'RGB' ? c : 2 - c;
            const pixel = pixels[((n * height + top + y) * width + left + x) * 3 + color]!;
            const value = (pixel / scaling.divisor - scaling.mean[c]!) / scaling.std[c]!;
            const [rows, columns] = crop as [number, number];
            const at = nchw
              ? ((n * 3 + c) * rows + y) * columns + x
              : ((n * rows + y) * columns + x) * 3 + c;
            expected[at] = value;
          });
          const worst = Math.max(
            ...expected.map((value, i) => Math.abs(value - result.values[i]!)),
          );
          expect(worst).toBeLessThan(300 * 2 ** -22);
        },
      ),
      { numRuns: 12 },
    ));

  it('clips what clean-fid clips, and leaves fractions', async () => {
    const step = Uint8Array.from({ length: 4 * 4 * 3 }, (_, i) => (i < 24 ? 0 : 255));
    const description = describing({ resize: { size: 9, filter: 'clean-bicubic' } });
    const { values } = await preprocessed(description, step, [1, 4, 4]);
    expect(Math.min(...values)).toBe(0);
    expect(Math.max(...values)).toBe(255);
    expect(values.some((value) => value !== Math.round(value))).toBe(true);
  });

  it('leaves images as they are without resize, of any size', async () => {
    const { dims, values } = await preprocessed(describing({}), image(5, 3, 2), [2, 5, 3], 'uint8');
    expect(dims).toEqual([2, 5, 3, 3]);
    expect(values).toEqual([...image(5, 3, 2)]);
  });
});

describe('modeOf', () => {
  it.each<[object, string]>([
    [{}, 'as-is'],
    [{ resize: { size: 224, filter: 'clean-bicubic' } }, 'clean-bicubic-224x224'],
    [
      { resize: { shortest: 256, filter: 'pillow-bicubic' }, crop: 224 },
      'pillow-bicubic-256-crop-224x224',
    ],
    [{ resize: { shortest: 40, filter: 'torch-bilinear' } }, 'torch-bilinear-40'],
  ])('of %j is %s', (part, mode) => {
    expect(modeOf(describing(part))).toBe(mode);
  });
});

/** Half of a rest, as Python's round() gives it. */
function halfToEven(rest: number): number {
  const floor = Math.floor(rest / 2);
  return rest % 2 === 0 ? floor : floor + (floor % 2);
}

type Index = [number, number, number, number];

function eachIndex([a, b, c, d]: Index, call: (index: Index) => void): void {
  for (let i = 0; i < a * b * c * d; i++) {
    call([Math.floor(i / (b * c * d)), Math.floor(i / (c * d)) % b, Math.floor(i / d) % c, i % d]);
  }
}
