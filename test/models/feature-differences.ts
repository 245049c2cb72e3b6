import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';

const dimension = 2048;

export interface Picture {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly data: Uint8Array;
}

/** Largest and mean difference of an image's features, as a share of the largest feature of all. */
export interface Difference extends Picture {
  readonly largest: number;
  readonly mean: number;
}

/** The last `rows` rows of a .npy of float32. */
export async function lastRows(path: string | URL, rows: number): Promise<Float32Array> {
  const npy = await readFile(path);
  return new Float32Array(new Uint8Array(npy.subarray(-rows * dimension * 4)).buffer);
}

/** Runs the network on each image beside the features [images, 2048] that another program gave. */
export async function differences(
  graph: Uint8Array,
  pictures: readonly Picture[],
  expected: Float32Array,
): Promise<Difference[]> {
  const top = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expect(top).toBeGreaterThan(0.1);
  const session = await InferenceSession.create(graph);
  const found: Difference[] = [];
  for (const [row, picture] of pictures.entries()) {
    const { height, width, data } = picture;
    const images = new Tensor('uint8', data, [1, height, width, 3]);
    const features = (await session.run({ images })).features!.data as Float32Array;
    expect(features).toHaveLength(dimension);
    const apart = features.map(
      (value, i) => Math.abs(value - expected[row * dimension + i]!) / top,
    );
    const mean = apart.reduce((sum, value) => sum + value / dimension, 0);
    found.push({ ...picture, largest: Math.max(...apart), mean });
  }
  await session.release();
  return found;
}

export const worstOf = (found: readonly Difference[]) =>
  Math.max(...found.map(({ largest }) => largest));
