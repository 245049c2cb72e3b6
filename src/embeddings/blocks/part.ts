import { z } from 'zod';
import type { UnitResult } from '../../jobs/part-file.ts';
import type { SampleMoments } from '../../linalg/scatter.ts';
import { digestBytes } from '../digests.ts';
import type { Block, Keeps } from './job.ts';

const valueSchema = z.object({
  rows: z.int().nonnegative(),
  dimension: z.int().positive(),
  skipped: z.array(z.object({ index: z.int().nonnegative(), reason: z.string() })),
});

/** What a part says of its block; its bytes are the digests of the images and what is kept of them. */
export type BlockValue = z.output<typeof valueSchema>;

/** The numbers of some moments as bytes: the mean, and the covariance up to its diagonal. */
export function momentsBytes({ mean, covariance }: SampleMoments): Uint8Array {
  const d = mean.length;
  const numbers = new Float64Array(momentsLength(d));
  numbers.set(mean);
  for (let i = 0, k = d; i < d; i++) {
    numbers.set(covariance.data.subarray(i * d, i * d + i + 1), k);
    k += i + 1;
  }
  return new Uint8Array(numbers.buffer);
}

/** @param bytes as `momentsBytes` gave them, at any offset */
export function momentsFrom(bytes: Uint8Array, count: number, d: number): SampleMoments {
  const numbers = new Float64Array(new Uint8Array(bytes).buffer);
  const data = new Float64Array(d * d);
  for (let i = 0, k = d; i < d; i++) {
    for (let j = 0; j <= i; j++, k++) {
      data[i * d + j] = numbers[k]!;
      data[j * d + i] = numbers[k]!;
    }
  }
  return { count, mean: numbers.slice(0, d), covariance: { data, rows: d, columns: d } };
}

function momentsLength(d: number): number {
  return d + (d * (d + 1)) / 2;
}

/**
 * What a part says; undefined if it is not of this block, or does not have the bytes that it should.
 *
 * @param dimension of the network
 */
export function blockValue(
  { value, bytes }: { readonly value: unknown; readonly bytes: number },
  { start, end }: Block,
  dimension: number,
  keeps: Keeps,
): BlockValue | undefined {
  const { data } = valueSchema.safeParse(value);
  if (!data || data.dimension !== dimension) return undefined;
  const { rows, skipped } = data;
  const inOrder = skipped.every(({ index }, i) => index > (skipped[i - 1]?.index ?? start - 1));
  const isWhole = rows + skipped.length === end - start && (skipped.at(-1)?.index ?? start) < end;
  const kept = keeps === 'features' ? rows * dimension * 4 : momentsLength(dimension) * 8;
  const expected = (end - start) * digestBytes + (rows === 0 ? 0 : kept);
  return inOrder && isWhole && bytes === expected ? data : undefined;
}

/** A part's content, of the digests and of what is kept. */
export function resultOf(value: BlockValue, digests: Uint8Array, kept: Uint8Array): UnitResult {
  return { value, bytes: Buffer.concat([digests, kept]) };
}
