import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Digests } from '../../src/embeddings/digests.ts';
import { noKnownRows } from '../../src/embeddings/known-rows.ts';
import { PartialSet } from '../../src/embeddings/partial-set.ts';
import { type NetworkRun, runNetwork } from '../../src/embeddings/run-network.ts';
import type { Session } from '../../src/embeddings/session.ts';
import { Interruption } from '../../src/errors.ts';
import { openImages } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture, png } from '../images/sources.ts';
import { tinyExtractor } from './tiny-extractor.ts';

// A network whose rows tell which batch they came from, and that takes its time if told to.
let wait: () => Promise<void>;
let batches: number;
vi.mock('../../src/embeddings/session-pool.ts', () => ({
  openPool: async (): Promise<Session> => ({
    async run(pixels, height, width) {
      batches++;
      await wait();
      const bytes = 3 * height * width;
      const count = pixels.length / bytes;
      const sum = pixels.reduce((a, b) => a + b, 0);
      return Float32Array.from(
        { length: count * 5 },
        (_, i) => [sum, count, pixels[Math.floor(i / 5) * bytes]!, height, width][i % 5]!,
      );
    },
    busy: () => 1,
    close: async () => {},
  }),
}));

const folder = temporaryFolder();
const extractor = tinyExtractor(join(folder, 'tiny.onnx'));
for (const [name, sizes] of [
  ['alike', 1],
  ['mixed', 3],
] as const) {
  mkdirSync(join(folder, name));
  for (let i = 0; i < 300; i++) {
    const [width, height] = [4 + ((i >> 4) % sizes), 3];
    const bytes = await png(picture(i, width, height), width, height);
    writeFileSync(join(folder, name, `${1000 + i}.png`), bytes);
  }
}

beforeEach(() => {
  wait = async () => {};
  batches = 0;
});

let round = 0;
const fresh = () => join(folder, `set-${round++}`);

interface Ran {
  readonly images: number;
  readonly error: unknown;
}

/** Runs as far as it is let; how many images the set has then. */
async function run(at: string, images: string, options: Partial<NetworkRun> = {}): Promise<Ran> {
  const source = await openImages(join(folder, images));
  const digests = new Digests(source.names.length);
  const set = await PartialSet.open(at, extractor.dimension, digests);
  try {
    const error = await runNetwork({
      source,
      set,
      extractor,
      places: [{ provider: 'cpu' }],
      digests,
      known: noKnownRows,
      batchSize: 8,
      threads: 1,
      skipBad: false,
      onDone() {},
      ...options,
    }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!error) await set.complete();
    return { images: set.images, error };
  } finally {
    await set.close();
    await source.close();
  }
}

describe('an extraction that is interrupted', () => {
  it('says how many images it waits for, and keeps them', async () => {
    const controller = new AbortController();
    const interruption = new Interruption();
    let release = () => {};
    let done = 0;
    wait = async () => {
      if (batches <= 5) return;
      await new Promise<void>((resolve) => {
        release = resolve;
        // Three batches are queued by then.
        setTimeout(() => {
          if (!controller.signal.aborted) controller.abort(interruption);
          resolve();
        }, 300);
      });
    };
    const at = fresh();
    const onDone = (images: number) => {
      done = images;
    };
    const { images, error } = await run(at, 'alike', { signal: controller.signal, onDone });
    release();
    expect(error).toBe(interruption);
    expect(interruption.waitsFor).toEqual(['the 24 images under way']);
    expect([done, images]).toEqual([64, 64]);
    wait = async () => {};
    expect(await run(at, 'alike')).toEqual({ images: 300, error: undefined });
    const whole = fresh();
    await run(whole, 'alike');
    expect(file(at).equals(file(whole))).toBe(true);
  });

  it('writes rows some seconds after the last ones, before a chunk is whole', async () => {
    const at = fresh();
    const lines = () => readFileSync(join(at, 'journal.jsonl'), 'utf8').split('\n').length - 1;
    const seen: number[] = [];
    wait = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      seen.push(lines());
    };
    await run(at, 'alike', { writeAfter: 0 });
    expect(seen.at(-1)).toBeGreaterThan(8);
    const slow = fresh();
    await run(slow, 'alike', { writeAfter: 60_000 });
    expect(readFileSync(join(slow, 'journal.jsonl'), 'utf8').split('\n')).toHaveLength(4);
    expect(file(at).equals(file(slow))).toBe(true);
  });

  it.each(['alike', 'mixed'])(
    'forms the same batches of images %s where it is to be deterministic, wherever it stopped',
    async (images) => {
      const whole = fresh();
      await run(whole, images, { deterministic: true });
      const stops = [3, 9, 17, 20, 25, 31];
      const kept: number[] = [];
      for (const stop of stops) {
        const at = fresh();
        for (let error: unknown = true, tries = 0; error && tries < 40; tries++) {
          const controller = new AbortController();
          batches = 0;
          wait = async () => {
            if (batches > stop) controller.abort(new Interruption());
          };
          const ran = await run(at, images, {
            deterministic: true,
            writeAfter: tries % 2 === 0 ? 0 : 60_000,
            signal: controller.signal,
          });
          error = ran.error;
          if (error) kept.push(ran.images);
        }
        wait = async () => {};
        await run(at, images, { deterministic: true });
        expect(file(at).equals(file(whole))).toBe(true);
      }
      // Not only whole chunks of 128 are kept.
      expect(kept.some((count) => count % 128 !== 0)).toBe(true);
    },
  );
});

const file = (at: string) => readFileSync(join(at, 'features.npy'));
