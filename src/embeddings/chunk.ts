import { StudyError } from '../errors.ts';
import type { KnownRow } from './known-rows.ts';
import type { Part } from './partial-set.ts';

/** A run of images whose batches are formed together; its rows are written in order, in parts. */
export class Chunk {
  readonly start: number;
  /** Where it ends at the latest. */
  readonly end: number;
  /** Batches that are running or have run. */
  readonly runs: Promise<void>[] = [];
  readonly #dimension: number;
  /** [end − start, dimension]; rows of bad images stay empty. */
  readonly #features: Float32Array;
  /** Per image: whether its row is here, or it is a bad one. */
  readonly #ready: Uint8Array;
  readonly #bad = new Map<number, string>();
  readonly #copiedFrom = new Map<number, string>();
  readonly #cuts: number[] = [];
  #taken: number;

  constructor(start: number, end: number, dimension: number) {
    this.start = start;
    this.#taken = start;
    this.end = end;
    this.#dimension = dimension;
    this.#features = new Float32Array((end - start) * dimension);
    this.#ready = new Uint8Array(end - start);
  }

  skip(index: number, reason: string): void {
    this.#bad.set(index, reason);
    this.#ready[index - this.start] = 1;
  }

  copy(known: KnownRow, index: number): void {
    known.copy(this.#row(index));
    this.#copiedFrom.set(index, known.key);
    this.#ready[index - this.start] = 1;
  }

  place(features: Float32Array, indices: readonly number[]): void {
    const d = this.#dimension;
    if (features.length !== indices.length * d) {
      const gave = `the model gave ${features.length} numbers for ${indices.length} images`;
      throw new StudyError(`${gave}, not ${d} for each`, 'is its dimension right?');
    }
    indices.forEach((index, i) => {
      this.#row(index).set(features.subarray(i * d, (i + 1) * d));
      this.#ready[index - this.start] = 1;
    });
  }

  /** Marks an image before which no batch is open: a run resumed there forms the same batches. */
  cut(end: number): void {
    this.#cuts.push(end);
  }

  /** The end of the leading images that are ready; with `atCut`, of those up to a cut. */
  readyEnd(atCut: boolean): number {
    let end = this.#taken;
    while (end < this.end && this.#ready[end - this.start] === 1) end++;
    return atCut ? (this.#cuts.findLast((cut) => cut <= end) ?? this.#taken) : end;
  }

  /**
   * The part not taken yet, up to an image.
   *
   * @param names of all images, for messages
   * @throws StudyError if a row is not finite
   */
  take(end: number, names: readonly string[]): Part | undefined {
    const start = this.#taken;
    if (end <= start) return undefined;
    const good = Array.from({ length: end - start }, (_, i) => start + i).filter(
      (index) => !this.#bad.has(index),
    );
    const rows = new Float32Array(good.length * this.#dimension);
    const reused = new Map<string, number>();
    good.forEach((index, row) => {
      const features = this.#row(index);
      requireFinite(features, names[index]!);
      rows.set(features, row * this.#dimension);
      const key = this.#copiedFrom.get(index);
      if (key !== undefined) reused.set(key, (reused.get(key) ?? 0) + 1);
    });
    const bad = [...this.#bad]
      .filter(([index]) => index >= start && index < end)
      .map(([index, reason]) => ({ index, reason }));
    this.#taken = end;
    return { images: end - start, rows, bad, reused };
  }

  #row(index: number): Float32Array {
    const start = (index - this.start) * this.#dimension;
    return this.#features.subarray(start, start + this.#dimension);
  }
}

function requireFinite(features: Float32Array, name: string): void {
  const wrong = features.find((value) => !Number.isFinite(value));
  if (wrong === undefined) return;
  throw new StudyError(
    `the features of ${name} are not finite: ${wrong}`,
    'check the weights of the model, and how it scales images; leave this image out if it is the only one',
  );
}
