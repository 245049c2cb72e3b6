import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeNpz } from '../../src/arrays/npz.ts';
import { sha256Of } from '../../src/arrays/sha256.ts';
import { type Corruption, corrupted, parseCorruptions } from '../../src/images/corruption.ts';
import { openImages, type Selection } from '../../src/images/open.ts';
import { subset } from '../../src/images/subset.ts';
import { normalSource } from '../../src/random/normals.ts';
import { stream } from '../../src/random/stream.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { png } from './sources.ts';

const folder = temporaryFolder();
const [width, height] = [24, 20];
const pixels = width * height * 3;

/** Images that are smooth waves, so that there is something to blur and to compress. */
const path = join(folder, 'waves.npz');
const values = Uint8Array.from({ length: 5 * pixels }, (_, i) => {
  const [image, pixel, channel] = [Math.floor(i / pixels), Math.floor((i % pixels) / 3), i % 3];
  const [x, y] = [pixel % width, Math.floor(pixel / width)];
  return 128 + 60 * Math.sin(x * (0.5 + image / 5) + channel) + 40 * Math.cos(y * 0.8);
});
await writeNpz(path, { arr_0: { shape: [5, height, width, 3], values } });

async function pixelsOf(selection: Selection, index = 0): Promise<Uint8Array> {
  const source = await openImages(path, selection);
  const { data } = await source.decode(await source.read(index), index);
  await source.close();
  return data;
}

const clean = await pixelsOf({});
const corrupt = (text: string, index = 0) => pixelsOf({ corrupt: text }, index);

function meanSquare(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length;
}

describe('parseCorruptions', () => {
  it('reads one or several, in order', () => {
    expect(parseCorruptions('blur:0.5+noise:4@7+jpeg:30')).toEqual([
      { kind: 'blur', sigma: 0.5 },
      { kind: 'noise', sigma: 4, seed: 7 },
      { kind: 'jpeg', quality: 30 },
    ]);
    expect(parseCorruptions('noise:2.5')).toEqual([{ kind: 'noise', sigma: 2.5, seed: 0 }]);
  });

  it.each(['', 'jpeg', 'jpeg:0', 'jpeg:101', 'jpeg:30.5', 'jpeg:30@1', 'blur:0.2', 'blur:-1'])(
    'refuses %j',
    (text) => expect(() => parseCorruptions(text)).toThrow('invalid corruption'),
  );

  it.each(['noise:256', 'noise:1e3', 'noise:NaN', 'noise:3@x', 'rain:3', 'jpeg:30+', ' jpeg:30'])(
    'refuses %j',
    (text) => expect(() => parseCorruptions(text)).toThrow('invalid corruption'),
  );

  it('reads whatever is written by the grammar', () => {
    const corruption: fc.Arbitrary<Corruption> = fc.oneof(
      fc.record({ kind: fc.constant('jpeg' as const), quality: fc.integer({ min: 1, max: 100 }) }),
      fc.record({
        kind: fc.constant('blur' as const),
        sigma: fc.integer({ min: 3, max: 99 }).map((n) => n / 10),
      }),
      fc.record({
        kind: fc.constant('noise' as const),
        sigma: fc.integer({ max: 2550, min: 0 }).map((n) => n / 10),
        seed: fc.nat(),
      }),
    );
    const written = (one: Corruption) =>
      one.kind === 'jpeg'
        ? `jpeg:${one.quality}`
        : `${one.kind}:${one.sigma}${one.kind === 'noise' ? `@${one.seed}` : ''}`;
    fc.assert(
      fc.property(fc.array(corruption, { minLength: 1, maxLength: 4 }), (all) => {
        expect(parseCorruptions(all.map(written).join('+'))).toEqual(all);
      }),
    );
  });
});

describe('a corrupted image', () => {
  it('is the worse, the stronger the corruption', async () => {
    for (const scale of [
      ['jpeg:95', 'jpeg:60', 'jpeg:20'],
      ['blur:0.4', 'blur:0.8', 'blur:1.6'],
      ['noise:1', 'noise:4', 'noise:16'],
    ]) {
      const errors: number[] = [];
      for (const text of scale) errors.push(meanSquare(await corrupt(text), clean));
      expect(errors[0]).toBeGreaterThan(0);
      expect(errors).toEqual([...errors].sort((a, b) => a - b));
    }
  });

  it('has noise of the variance that was asked for, plus that of rounding', async () => {
    const differences = await Promise.all(
      [0, 1, 2, 3, 4].map(async (i) =>
        meanSquare(await corrupt('noise:5', i), await pixelsOf({}, i)),
      ),
    );
    const mean = differences.reduce((sum, value) => sum + value / 5, 0);
    // 7,200 values: the variance is known to 1.7 %, here to three standard errors.
    expect(Math.abs(mean / (25 + 1 / 12) - 1)).toBeLessThan(0.05);
  });

  it('keeps its mean and loses its contrast when blurred', async () => {
    const mean = (data: Uint8Array) => data.reduce((sum, value) => sum + value, 0) / data.length;
    const blurred = await corrupt('blur:3');
    expect(Math.abs(mean(blurred) - mean(clean))).toBeLessThan(2);
    const flat = (data: Uint8Array) => Math.max(...data) - Math.min(...data);
    expect(flat(blurred)).toBeLessThan(0.75 * flat(clean));
  });

  it('is the same whenever it is asked for, wherever it lies in its set', async () => {
    const once = await corrupt('blur:0.5+noise:4', 3);
    expect(await corrupt('blur:0.5+noise:4', 3)).toEqual(once);
    const source = await openImages(path, { corrupt: 'blur:0.5+noise:4' });
    const some = subset(source, [1, 3]);
    expect((await some.decode(await some.read(1), 1)).data).toEqual(once);
    expect(some.treatment).toBe(source.treatment);
    await source.close();
  });

  it('differs by the seed of its noise, and images have noise of their own', async () => {
    const [a, b] = [await corrupt('noise:4'), await corrupt('noise:4@1')];
    expect(a).not.toEqual(b);
    const noise = (data: Uint8Array, from: Uint8Array) => data.map((value, i) => value - from[i]!);
    const second = await corrupt('noise:4', 1);
    expect(noise(a, clean)).not.toEqual(noise(second, await pixelsOf({}, 1)));
  });

  it('is corrupted in the order given', async () => {
    expect(await corrupt('noise:20+blur:1')).not.toEqual(await corrupt('blur:1+noise:20'));
  });

  it('stays within 0 and 255', async () => {
    const black = join(folder, 'black.npz');
    const values = Uint8Array.from({ length: 2 * pixels }, (_, i) => (i < pixels ? 0 : 255));
    await writeNpz(black, { arr_0: { shape: [2, height, width, 3], values } });
    const source = corrupted(await openImages(black), parseCorruptions('noise:40'));
    const [dark, bright] = await Promise.all(
      [0, 1].map(async (i) => (await source.decode(await source.read(i), i)).data),
    );
    await source.close();
    // Half of the noise is cut off, and none comes round at the other end.
    expect(Math.max(...dark!)).toBeLessThan(255);
    expect(dark!.filter((value) => value === 0).length / pixels).toBeCloseTo(0.5, 1);
    expect(bright!.filter((value) => value === 255).length / pixels).toBeCloseTo(0.5, 1);
  });

  it('has the noise of one sequence, however large the image', async () => {
    const [w, h] = [400, 130];
    const bytes = await png(new Uint8Array(w * h * 3).fill(128), w, h);
    writeFileSync(join(folder, 'large.png'), bytes);
    const source = await openImages(folder, { glob: 'large.png', corrupt: 'noise:9@4' });
    const { data } = await source.decode(await source.read(0), 0);
    const noise = normalSource(stream('corruption', 4, 0, sha256Of(bytes))).fill(
      new Float64Array(data.length),
    );
    expect(data.length).toBeGreaterThan(2 ** 17);
    expect(data.every((value, i) => Math.abs(value - (128 + 9 * noise[i]!)) <= 0.5)).toBe(true);
  });

  it('is refused where it has more steps than any needs', () => {
    expect(parseCorruptions(Array(16).fill('jpeg:50').join('+'))).toHaveLength(16);
    expect(() => parseCorruptions(Array(17).fill('jpeg:50').join('+'))).toThrow('17 corruptions');
  });

  it('is refused by openImages where the words are none', async () => {
    await expect(openImages(path, { corrupt: 'fog:3' })).rejects.toThrow(
      'invalid corruption: fog:3',
    );
  });
});
