import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { deviceList } from '../../src/commands/device-list.ts';
import { Digests } from '../../src/embeddings/digests.ts';
import { extractEmbeddings } from '../../src/embeddings/extract.ts';
import { noKnownRows } from '../../src/embeddings/known-rows.ts';
import { PartialSet } from '../../src/embeddings/partial-set.ts';
import {
  describeProviders,
  type Place,
  placesOf,
  requireProvider,
  settleTf32,
  usableProviders,
  withoutLibraries,
} from '../../src/embeddings/provider.ts';
import { runNetwork } from '../../src/embeddings/run-network.ts';
import type { Session } from '../../src/embeddings/session.ts';
import { openPool, poolOf } from '../../src/embeddings/session-pool.ts';
import { openImages } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { picture, png } from '../images/sources.ts';
import { tinyExtractor } from './tiny-extractor.ts';

const folder = temporaryFolder();
const extractor = tinyExtractor(join(folder, 'tiny.onnx'));

/** A session of which the test says when a run ends. */
function fakeSession(busy = 0) {
  const ends: ((features: Float32Array) => void)[] = [];
  let closed = 0;
  const session: Session = {
    run: () => new Promise((resolve) => ends.push(resolve)),
    busy: () => busy,
    close: async () => {
      closed++;
    },
  };
  return { session, ends, closed: () => closed };
}

const run = (session: Session) => session.run(new Uint8Array(3), 1, 1);

describe('--provider', () => {
  it('tells CUDA whose libraries are there from CUDA that onnxruntime was only built for', () => {
    const built = ['cpu', 'cuda'] as const;
    const binding = 'onnxruntime_binding.node';
    expect(withoutLibraries(built, [binding, 'libonnxruntime.so.1'])).toEqual(['cuda']);
    for (const library of ['libonnxruntime_providers_cuda.so', 'onnxruntime_providers_cuda.dll']) {
      expect(withoutLibraries(built, [binding, library])).toEqual([]);
    }
    expect(withoutLibraries(['cpu', 'dml', 'coreml'], [])).toEqual([]);
    const line = describeProviders(built);
    if (withoutLibraries(built).length === 0) expect(line).toBe('built for: cpu, cuda');
    else expect(line).toBe('built for: cpu, cuda (CUDA libraries missing)');
    expect(describeProviders(['cpu'])).toBe('built for: cpu');
  });

  it('names what onnxruntime is built for where it refuses one', () => {
    const missing = (['coreml', 'dml'] as const).find((name) => !usableProviders().includes(name))!;
    const refused = {
      hint: `onnxruntime on this system is ${describeProviders(usableProviders())}`,
    };
    expect(() => requireProvider(missing)).toThrow(expect.objectContaining(refused));
  });
});

describe('--devices', () => {
  it('reads numbers in their order', () => {
    expect(deviceList('0')).toEqual([0]);
    expect(deviceList('3,0, 1')).toEqual([3, 0, 1]);
  });

  it.each([
    ['0,0', 'device named twice: 0'],
    ['gpu0', 'invalid --devices: gpu0'],
    ['0,', "invalid --devices: ''"],
    ['', "invalid --devices: ''"],
    ['-1', 'invalid --devices: -1'],
    ['0.5', 'invalid --devices: 0.5'],
  ])('refuses %j', (text, message) => {
    expect(() => deviceList(text)).toThrow(message);
  });

  it('makes one place a device, and one without a number where none is named', () => {
    expect(placesOf('cpu')).toEqual([{ provider: 'cpu' }]);
    expect(placesOf('cuda')).toEqual([{ provider: 'cuda' }]);
    expect(placesOf('dml', [2, 0])).toEqual([
      { provider: 'dml', device: 2 },
      { provider: 'dml', device: 0 },
    ]);
    expect(() => placesOf('cuda', [])).toThrow('no devices named');
    expect(() => placesOf('cuda', [1, 1])).toThrow('device named twice: 1');
    expect(() => placesOf('cuda', [Number.NaN])).toThrow('not a device number: NaN');
  });

  it.each(['cpu', 'coreml'] as const)('is refused with the provider %s', (provider) => {
    expect(() => placesOf(provider, [0])).toThrow(`provider ${provider} has no devices`);
  });

  it('is refused before any image is read', async () => {
    const source = { path: 'images', names: ['a'], read: () => Promise.reject(new Error('read')) };
    const options = { extractor, source: source as never, devices: [0, 1] };
    await expect(extractEmbeddings(options)).rejects.toMatchObject({
      message: 'provider cpu has no devices to choose from',
      hint: expect.stringContaining('--provider cuda'),
    });
  });
});

describe('the provider cuda', () => {
  it('is denied TF32, unless the user has set it', () => {
    vi.stubEnv('NVIDIA_TF32_OVERRIDE', undefined);
    expect(settleTf32('cpu')).toBeUndefined();
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBeUndefined();
    expect(settleTf32('cuda')).toBe(false);
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('0');
    vi.stubEnv('NVIDIA_TF32_OVERRIDE', '1');
    expect(settleTf32('cuda')).toBe(true);
    expect(process.env.NVIDIA_TF32_OVERRIDE).toBe('1');
    vi.unstubAllEnvs();
  });
});

describe('a pool of sessions', () => {
  it('deals each run to the session with the fewest before it', async () => {
    const [a, b, c] = [fakeSession(), fakeSession(), fakeSession()];
    const pool = poolOf([a.session, b.session, c.session]);
    const runs = [run(pool), run(pool), run(pool), run(pool)];
    expect([a, b, c].map(({ ends }) => ends.length)).toEqual([2, 1, 1]);
    c.ends[0]!(Float32Array.of(3));
    expect(await runs[2]).toEqual(Float32Array.of(3));
    runs.push(run(pool));
    expect([a, b, c].map(({ ends }) => ends.length)).toEqual([2, 1, 2]);
    a.ends[1]!(Float32Array.of(4));
    a.ends[0]!(Float32Array.of(1));
    expect(await runs[3]).toEqual(Float32Array.of(4));
    expect(await runs[0]).toEqual(Float32Array.of(1));
  });

  it('counts a failed run as ended', async () => {
    const bad: Session = { ...fakeSession().session, run: () => Promise.reject(new Error('lost')) };
    const good = fakeSession();
    const pool = poolOf([bad, good.session]);
    await expect(run(pool)).rejects.toThrow('lost');
    await expect(run(pool)).rejects.toThrow('lost');
    expect(good.ends).toHaveLength(0);
  });

  it('is as busy as its sessions on average, and closes them all', async () => {
    const sessions = [fakeSession(0.5), fakeSession(1)] as const;
    const pool = poolOf([sessions[0].session, sessions[1].session]);
    expect(pool.busy()).toBe(0.75);
    await pool.close();
    expect(sessions.map(({ closed }) => closed())).toEqual([1, 1]);
  });

  it('closes what it has opened where one place fails', async () => {
    const opened = fakeSession();
    const open = async (device: number) => {
      if (device === 1) throw new Error('no device 1');
      return opened.session;
    };
    await expect(openPool([0, 1], open)).rejects.toThrow('no device 1');
    expect(opened.closed()).toBe(1);
  });
});

describe('runNetwork at several places', () => {
  // The processor stands in for devices: several sessions of it, each on a thread of its own.
  const cpu: Place = { provider: 'cpu' };

  async function features(places: readonly Place[], path = extractor.path): Promise<Buffer> {
    const source = await openImages(images);
    const digests = new Digests(source.names.length);
    const set = await PartialSet.open(
      join(folder, `set-${places.length}`),
      extractor.dimension,
      digests,
    );
    try {
      await runNetwork({
        source,
        set,
        places,
        extractor: { ...extractor, path },
        digests,
        known: noKnownRows,
        batchSize: 4,
        threads: 1,
        skipBad: true,
        onDone() {},
      });
      await set.complete();
      return readFileSync(join(folder, `set-${places.length}`, 'features.npy'));
    } finally {
      await set.close();
      await source.close();
    }
  }

  const images = join(folder, 'images');
  it('gives the bytes that one session gives, in the order of the images', async () => {
    mkdirSync(images);
    for (let i = 0; i < 140; i++) {
      const [width, height] = [4 + (i % 3), 3 + (i % 2)];
      const name = join(images, `${1000 + i}.png`);
      writeFileSync(
        name,
        i === 77 ? 'no image' : await png(picture(i, width, height), width, height),
      );
    }
    const one = await features([cpu]);
    expect(one.length).toBe(128 + 139 * extractor.dimension * 4);
    expect((await features([cpu, cpu, cpu])).equals(one)).toBe(true);
  });

  it('says which place has no model', async () => {
    await expect(features([cpu, cpu], join(folder, 'none.onnx'))).rejects.toThrow(
      /^cannot run .*none\.onnx on cpu: /,
    );
    await expect(features([cpu, { provider: 'cuda', device: 1 }])).rejects.toMatchObject({
      message: expect.stringContaining('tiny.onnx on device 1 of cuda: '),
      hint: expect.stringContaining('docs/gpu.md'),
    });
  });
});
