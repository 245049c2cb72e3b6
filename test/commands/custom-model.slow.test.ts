import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { extractCommand } from '../../src/commands/extract.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { modelsCommand } from '../../src/commands/models.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { openEmbeddings } from '../../src/embeddings/open.ts';
import { descriptionFormat } from '../../src/models/custom/description.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { tinyExtractor, tinyFeatures } from '../embeddings/tiny-extractor.ts';
import { picture, png } from '../images/sources.ts';
import {
  tinyDescription,
  tinyRow,
  tinyTokens,
  writeTinyNetwork,
} from '../models/custom/tiny-network.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const network = at('net.onnx');
const pictures = Array.from({ length: 7 }, (_, i) => picture(i, 4, 4));

beforeAll(async () => {
  process.env.STUDY_CACHE = at('cache');
  writeTinyNetwork(network);
  for (const [name, first] of [
    ['real', 0],
    ['fake', 3],
  ] as const) {
    mkdirSync(at(name));
    for (const [i, pixels] of pictures.entries()) {
      if (i >= first) writeFileSync(at(name, `${i}.png`), await png(pixels, 4, 4));
    }
  }
});

function describing(json: string, path = network): void {
  writeFileSync(path.replace('.onnx', '.json'), json);
}

let round = 0;
async function extracted(
  model: string,
  images = at('real'),
  ...flags: string[]
): Promise<number[][]> {
  const out = at(`out-${round++}`);
  await runCommand(extractCommand(), [
    '--images',
    images,
    '--model',
    model,
    '--out',
    out,
    ...flags,
  ]);
  const { rows, dimension, readBlock, close } = await openEmbeddings(out);
  const values = new Float32Array(rows * dimension);
  readBlock(0, rows, values);
  close();
  return Array.from({ length: rows }, (_, i) => [
    ...values.subarray(i * dimension, (i + 1) * dimension),
  ]);
}

function expectClose(actual: number[][], expected: number[][]): void {
  expect(actual.map((row) => row.length)).toEqual(expected.map((row) => row.length));
  const worst = Math.max(
    ...actual.flatMap((row, i) => row.map((x, j) => Math.abs(x - expected[i]![j]!))),
  );
  expect(worst).toBeLessThan(1e-4);
}

const mean = (rows: number[][]) =>
  Array.from(
    { length: tinyRow },
    (_, j) => rows.reduce((sum, row) => sum + row[j]!, 0) / rows.length,
  );

describe('--model FILE.onnx', () => {
  it('says what to write where there is no description', async () => {
    await expect(extracted(network)).rejects.toMatchObject({
      message: `no description of ${network}: there is no ${at('net.json')}`,
      hint: expect.stringMatching(
        /takes pixels float32 \[N, 3, 4, 4\]\n.*gives tokens float32 \[N, 3, 5\], rows float32 \[N, 5\]; write .*net\.json[\s\S]*"format"[\s\S]*check scaling/,
      ),
    });
  });

  it('gives the features of a plain loop, by each pooling', async () => {
    const tokens = pictures.map(tinyTokens);
    const rows = tokens.map((each) => mean(each).map((value) => 3 * value));
    const poolings: [object, number[][]][] = [
      [{ name: 'rows' }, rows],
      [{ name: 'tokens', pooling: 'cls' }, tokens.map((each) => each[0]!)],
      [{ name: 'tokens', pooling: 'mean-tokens' }, tokens.map(mean)],
      [{ name: 'tokens', pooling: 'mean-patches' }, tokens.map((each) => mean(each.slice(1)))],
      [
        { name: 'rows', normalize: true },
        rows.map((row) => row.map((value) => value / Math.hypot(...row))),
      ],
    ];
    for (const [output, expected] of poolings) {
      describing(tinyDescription(output));
      expectClose(await extracted(network), expected);
    }
  });

  it('feeds a network of a fixed number of images that many at a time', async () => {
    describing(tinyDescription());
    const expected = await extracted(network);
    for (const batch of [1, 2, 9]) {
      const path = at(`fixed-${batch}.onnx`);
      writeTinyNetwork(path, batch);
      describing(tinyDescription(), path);
      expectClose(await extracted(path, undefined, '--batch-size', '4'), expected);
    }
  });

  it('takes images of many sizes in one set', async () => {
    const mixed = at('mixed');
    mkdirSync(mixed);
    const sizes = [
      [9, 7],
      [4, 4],
      [30, 12],
      [9, 7],
      [1, 1],
    ] as const;
    for (const [i, [width, height]] of sizes.entries()) {
      writeFileSync(join(mixed, `${i}.png`), await png(picture(i, width, height), width, height));
    }
    const rows = await extracted(network, mixed);
    expectClose([rows[1]!], [mean(tinyTokens(picture(1, 4, 4))).map((value) => 3 * value)]);
    for (const [i, [width, height]] of sizes.entries()) {
      const alone = at(`alone-${i}`);
      mkdirSync(alone);
      writeFileSync(join(alone, 'a.png'), await png(picture(i, width, height), width, height));
      expectClose(await extracted(network, alone), [rows[i]!]);
    }
  });

  it('runs a network that makes images ready itself as it runs one of ours', async () => {
    const path = at('own.onnx');
    tinyExtractor(path);
    const input = { name: 'images', layout: 'NHWC' };
    describing(
      JSON.stringify({ format: descriptionFormat, input, output: { name: 'features' } }),
      path,
    );
    expectClose(await extracted(path), pictures.map(tinyFeatures));
  });

  it('works in fid, stats and sweep, and finds its features in the cache', async () => {
    describing(tinyDescription());
    const [real, fake, model] = [at('real'), at('fake'), ['--model', network]];
    const output = await runCommand(fidCommand(), [real, fake, ...model, '--json']);
    const fid = JSON.parse(output.join('\n'));
    expect(fid.fid).toBeGreaterThan(0);
    expect(fid.notes).toContain('distances of net are not comparable with published FIDs');
    expect(fid.reference.extractor).toMatchObject({
      name: 'net',
      mode: 'pillow-bicubic-4x4',
      dimension: 5,
    });
    await runCommand(statsCommand(), [real, ...model, '--out', at('real.npz')]);
    expect((await readStatisticsNpz(at('real.npz'))).dimension).toBe(5);
    const sizes = ['--sizes', '3,4', '--seeds', '2', '--workers', '1', '--out', at('sweep')];
    await runCommand(sweepCommand(), [
      '--reference',
      real,
      '--generated',
      fake,
      ...model,
      ...sizes,
    ]);
    const manifest = JSON.parse(readFileSync(at('sweep', 'manifest.json'), 'utf8'));
    expect(JSON.stringify(manifest)).toContain('pillow-bicubic-4x4');
  });

  it('compares a network with its copy, and not with another', async () => {
    const copy = at('copy.onnx');
    copyFileSync(network, copy);
    describing(tinyDescription(), copy);
    for (const [model, out] of [
      [network, 'a'],
      [copy, 'b'],
    ] as const) {
      const args = ['--images', at('real'), '--model', model, '--out', at(out)];
      const said = await runCommand(extractCommand(), args);
      expect(said[0]).toContain(
        `features of ${out === 'a' ? 'net' : 'copy'} (pillow-bicubic-4x4), taken from`,
      );
    }
    const said = await runCommand(fidCommand(), [at('a'), at('b')]);
    expect(said[0]).toMatch(/^FID +-?0\.0/);
    describing(tinyDescription({ name: 'rows', normalize: true }), copy);
    const fid = runCommand(fidCommand(), [at('a'), at('real'), '--model', copy]);
    await expect(fid).rejects.toThrow('different models: net and copy');
  });

  it('says what a network does not take or give', async () => {
    describing(tinyDescription({ name: 'tokens', pooling: 'cls', dimension: 6 }));
    await expect(extracted(network)).rejects.toThrow('5 features per image, not 6');
    const path = at('any.onnx');
    tinyExtractor(path);
    const input = { name: 'images', layout: 'NHWC' };
    const part = { output: { name: 'features', dimension: 5 }, scaling: {} };
    describing(JSON.stringify({ format: descriptionFormat, input, ...part }), path);
    await expect(extracted(path)).rejects.toThrow(`${path} takes uint8: there is nothing to scale`);
    await expect(extracted(at('none.onnx'))).rejects.toThrow('no such file or folder');
    await expect(extracted('vit/dino')).rejects.toMatchObject({
      hint: expect.stringContaining('ends in .onnx'),
    });
  });
});

describe('study models inspect', () => {
  const inspect = (...args: string[]) => runCommand(modelsCommand(), ['inspect', ...args]);

  it('prints what a network takes and gives, and a JSON that works as it is', async () => {
    const path = at('new.onnx');
    writeTinyNetwork(path);
    const said = (await inspect(path, '--write')).join('\n');
    expect(said).toMatch(
      /bytes, sha256 [0-9a-f]{64}\n {2}made by fid-study, IR 8, opset ai\.onnx 17/,
    );
    expect(said).toContain(
      'inputs\n  pixels float32 [N, 3, 4, 4]\noutputs\n  tokens float32 [N, 3, 5]',
    );
    expect(said).toContain('check scaling');
    expect(said).toContain(`written: ${at('new.json')}`);
    expect(said).toContain(readFileSync(at('new.json'), 'utf8').trim());
    expect(await extracted(path)).toHaveLength(pictures.length);
    expect((await inspect(path)).join('\n')).toContain(
      'new.json fits: 5 features, mode pillow-bicubic-4x4',
    );
    await expect(inspect(path, '--write')).rejects.toThrow('already exists');
    writeFileSync(at('new.json'), tinyDescription({ name: 'none' }));
    await expect(inspect(path)).rejects.toThrow('has no output none');
  });

  it('finds the numbers in a row by running the network where its file does not say', async () => {
    const path = at('probed.onnx');
    tinyExtractor(path, 'mean', 'D');
    expect((await inspect(path)).join('\n')).toContain('"dimension": 5');
    expect(existsSync(at('probed.json'))).toBe(false);
  });
});
