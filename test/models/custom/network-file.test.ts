import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDescription } from '../../../src/models/custom/description.ts';
import { customExtractor, extractorOf } from '../../../src/models/custom/extractor.ts';
import { readNetworkFile } from '../../../src/models/custom/network-file.ts';
import { decodeModel, encodeModel } from '../../../src/onnx/encode.ts';
import type { ModelProto } from '../../../src/onnx/schema.ts';
import { temporaryFolder } from '../../arrays/folder.ts';
import { tinyDescription, writeTinyNetwork } from './tiny-network.ts';

const folder = temporaryFolder();
const whole = join(folder, 'whole.onnx');
writeTinyNetwork(whole);

/** The tiny network with its weights in another file. */
function writeExternal(name: string, location: string): string {
  const model = decodeModel(readFileSync(whole)) as ModelProto;
  const weights = model.graph.initializer.find((each) => each.name === 'weights')!;
  mkdirSync(join(folder, 'weights'), { recursive: true });
  writeFileSync(join(folder, 'weights', 'data'), weights.rawData!);
  delete weights.rawData;
  weights.dataLocation = 1;
  weights.externalData = [{ key: 'location', value: location }];
  writeFileSync(join(folder, name), encodeModel(model));
  return join(folder, name);
}

describe('readNetworkFile', () => {
  it('reads inputs and outputs, what made the file, and its hash', async () => {
    const { signature, sha256, external, bytes } = await readNetworkFile(whole);
    expect(signature).toMatchObject({
      inputs: [{ name: 'pixels', type: 'float32', dims: ['N', 3, 4, 4] }],
      outputs: [
        { name: 'tokens', dims: ['N', 3, 5] },
        { name: 'rows', dims: ['N', 5] },
      ],
      producer: 'fid-study',
      irVersion: 8,
      externalFiles: [],
    });
    expect(Object.fromEntries(signature.opsets)).toEqual({ 'ai.onnx': 17 });
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes).toBe(readFileSync(whole).length);
    expect(external.size).toBe(0);
  });

  it('leaves out inputs that have a value, and names what is no tensor', async () => {
    const model = decodeModel(readFileSync(whole)) as ModelProto;
    model.graph.input.push({ name: 'weights', type: { tensorType: { elemType: 1 } } });
    model.graph.input.push({ name: 'more', type: {} });
    model.graph.input.push({ name: 'half', type: { tensorType: { elemType: 10 } } });
    const path = join(folder, 'inputs.onnx');
    writeFileSync(path, encodeModel(model));
    expect((await readNetworkFile(path)).signature.inputs.slice(1)).toEqual([
      { name: 'more', type: 'not a tensor', dims: null },
      { name: 'half', type: 'float16', dims: null },
    ]);
  });

  it('hashes the files that hold weights, also those of nodes and branches', async () => {
    const path = writeExternal('external.onnx', 'weights/data');
    const extractor = async () =>
      extractorOf(await readNetworkFile(path), parseDescription(tinyDescription(), 'x'));
    const before = await extractor();
    expect((before.settings as { onnx: { external: object } }).onnx.external).toEqual({
      'weights/data': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    writeFileSync(join(folder, 'weights', 'data'), new Uint8Array(16 * 5 * 4));
    expect((await extractor()).sha256).not.toBe(before.sha256);

    const model = decodeModel(readFileSync(path)) as ModelProto;
    const outside = model.graph.initializer.find((each) => each.dataLocation === 1)!;
    const branch = { ...model.graph, initializer: [outside], node: [], input: [], output: [] };
    model.graph.initializer = model.graph.initializer.filter((each) => each !== outside);
    model.graph.node[0]!.attribute = [{ name: 'then', type: 5, g: branch }];
    writeFileSync(path, encodeModel(model));
    expect([...(await readNetworkFile(path)).external.keys()]).toEqual(['weights/data']);
  });

  it.each([
    ['../data', 'keeps weights in a file outside its folder: ../data'],
    ['weights/../../data', 'outside its folder'],
    ['/etc/hostname', 'outside its folder: /etc/hostname'],
    ['', "outside its folder: ''"],
    ['weights/none', 'no such file or folder'],
  ])('refuses weights in %j', async (location, message) => {
    await expect(readNetworkFile(writeExternal('refused.onnx', location))).rejects.toMatchObject({
      name: 'StudyError',
      message: expect.stringContaining(message),
    });
  });

  it.runIf(process.platform !== 'win32')('refuses weights without an end', async () => {
    mkdirSync(join(folder, 'weights'), { recursive: true });
    execFileSync('mkfifo', [join(folder, 'weights', 'fifo')]);
    symlinkSync('/dev/zero', join(folder, 'weights', 'zero'));
    for (const name of ['weights/fifo', 'weights/zero']) {
      await expect(readNetworkFile(writeExternal('endless.onnx', name))).rejects.toThrow(
        /weights.(fifo|zero) is a pipe or a device, not a regular file/,
      );
    }
    await expect(readNetworkFile(join(folder, 'weights', 'zero'))).rejects.toThrow('is a pipe');
    writeFileSync(join(folder, 'weights', 'sparse'), '');
    truncateSync(join(folder, 'weights', 'sparse'), 2 ** 37);
    await expect(readNetworkFile(writeExternal('long.onnx', 'weights/sparse'))).rejects.toThrow(
      'sparse has 137438953472 bytes; too large to read',
    );
    await expect(readNetworkFile(writeExternal('nul.onnx', 'weights/\0'))).rejects.toThrow(
      'not a path: ',
    );
  });

  it('refuses what is no ONNX file, by its name', async () => {
    const path = join(folder, 'text.onnx');
    writeFileSync(path, '<html>not found</html>');
    await expect(readNetworkFile(path)).rejects.toThrow(`${path} is not an ONNX model`);
    await expect(readNetworkFile(join(folder, 'no.onnx'))).rejects.toThrow('no such file');
    await expect(readNetworkFile(folder)).rejects.toThrow('is a folder, not a file');
  });
});

describe('customExtractor', () => {
  it('has a hash of content: not of names, notes or the order of fields', async () => {
    const of = async (name: string, json: string) => {
      const path = join(folder, `${name}.onnx`);
      writeTinyNetwork(path);
      writeFileSync(join(folder, `${name}.json`), json);
      return customExtractor(path);
    };
    const first = await of('first', tinyDescription());
    expect(first).toMatchObject({
      name: 'first',
      mode: 'pillow-bicubic-4x4',
      dimension: 5,
      comparable: false,
    });
    const reversed = Object.fromEntries(Object.entries(JSON.parse(tinyDescription())).reverse());
    const second = await of('second', JSON.stringify({ note: 'the same', ...reversed }, null, 4));
    expect(second.sha256).toBe(first.sha256);
    const others = [
      tinyDescription({ name: 'tokens', pooling: 'cls' }),
      tinyDescription({ name: 'rows', normalize: true }),
      tinyDescription(undefined, { scaling: {} }),
      tinyDescription(undefined, { input: { name: 'pixels', layout: 'NCHW', colors: 'BGR' } }),
      tinyDescription(undefined, { resize: { size: 4, filter: 'clean-bicubic' } }),
    ];
    const hashes = new Set([first.sha256]);
    for (const json of others) hashes.add((await of('other', json)).sha256);
    expect(hashes.size).toBe(1 + others.length);
  });

  it('has one mode, its own', async () => {
    writeFileSync(join(folder, 'whole.json'), tinyDescription());
    const { sha256 } = await customExtractor(whole);
    expect((await customExtractor(whole, 'pillow-bicubic-4x4')).sha256).toBe(sha256);
    await expect(customExtractor(whole, 'clean')).rejects.toMatchObject({
      message: `${whole} has no mode clean`,
      hint: expect.stringContaining('pillow-bicubic-4x4'),
    });
  });
});
