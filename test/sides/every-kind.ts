import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { formatNpyHeader } from '../../src/arrays/npy-header.ts';
import { writeNpz } from '../../src/arrays/npz.ts';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { openZip } from '../../src/arrays/zip.ts';
import { extract } from '../../src/embeddings/extract-images.ts';
import { openCifar } from '../../src/images/cifar.ts';
import { statisticsOfFeatures } from '../../src/metrics/features.ts';
import { tarEnd, tarEntry } from '../downloads/tar.ts';
import { storedGenerator } from '../generators/tiny-generators.ts';
import { png, writeZip } from '../images/sources.ts';
import { pickledStatistics, safetensors } from '../torch/written.ts';

/** Images of each set: as many as the fixture of torch-fidelity has rows. */
export const count = 12;
const side = 32;

/** What a side can be: each kind, and what it holds. */
export const kinds = [
  { kind: 'a folder of images', holds: 'images', file: 'images' },
  { kind: 'a .zip of images', holds: 'images', file: 'images.zip' },
  { kind: 'a .tar of images', holds: 'images', file: 'images.tar' },
  { kind: 'a .parquet of images', holds: 'images', file: 'images.parquet' },
  { kind: 'an .npz with arr_0', holds: 'images', file: 'arr_0.npz' },
  { kind: 'a .npy uint8 [N, H, W, 3]', holds: 'images', file: 'images.npy' },
  { kind: 'a CIFAR-10 .bin batch', holds: 'images', file: 'batch.bin' },
  { kind: 'cifar10:test', holds: 'images', file: null },
  { kind: 'a generator (GEN.onnx:COUNT:SEED)', holds: 'images', file: `stored.onnx:${count}:0` },
  { kind: 'a folder of study extract', holds: 'features', file: 'features' },
  { kind: 'a .npy', holds: 'features', file: 'rows.npy' },
  { kind: 'an .npz of features', holds: 'features', file: 'array.npz' },
  { kind: 'a .pt of features', holds: 'features', file: 'rows.pt' },
  { kind: 'a .safetensors of features', holds: 'features', file: 'rows.safetensors' },
  { kind: 'an .npz with mu and sigma', holds: 'statistics', file: 'statistics.npz' },
  { kind: 'a .pt of mu and sigma', holds: 'statistics', file: 'statistics.pt' },
  { kind: 'a .pkl of mu and sigma', holds: 'statistics', file: 'statistics.pkl' },
  { kind: 'an .npz with mu, sigma and arr_0', holds: 'both', file: 'both.npz' },
] as const;

export type Kind = (typeof kinds)[number];

/**
 * Writes a set of images in every form, with their features and their statistics.
 *
 * @param batch records of CIFAR-10's binary version, those of `cifar10:test`
 * @param model path of the network for their features
 */
export async function writeEveryKind(
  folder: string,
  batch: Uint8Array,
  model: string,
): Promise<void> {
  const at = (name: string) => join(folder, name);
  mkdirSync(at('images'), { recursive: true });
  writeFileSync(at('batch.bin'), batch);
  const source = await openCifar(at('batch.bin'));
  const files: Record<string, Buffer> = {};
  const pixels = new Uint8Array(count * side * side * 3);
  for (let i = 0; i < count; i++) {
    const { data } = await source.decode(await source.read(i), i);
    pixels.set(data, i * data.length);
    files[`${String(i).padStart(2, '0')}.png`] = await png(data, side, side);
  }
  await source.close();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(at(`images/${name}`), bytes);
  await writeZip(at('images.zip'), files);
  const entries = Object.entries(files).map(([name, bytes]) => tarEntry(name, bytes));
  writeFileSync(at('images.tar'), Buffer.concat([...entries, tarEnd]));
  writeFileSync(at('images.parquet'), parquetOf(Object.values(files)));
  const header = formatNpyHeader('u1', [count, side, side, 3]);
  writeFileSync(at('images.npy'), Buffer.concat([header, pixels]));
  const arr_0 = { shape: [count, side, side, 3], values: pixels };
  await writeNpz(at('arr_0.npz'), { arr_0 });
  storedGenerator(at('stored.onnx'), pixels, side);

  const { embeddings } = await extract(at('images'), { model, out: at('features') });
  const { dimension } = embeddings;
  const values = new Float32Array(count * dimension);
  embeddings.readBlock(0, count, values);
  const statistics = await statisticsOfFeatures(embeddings);
  embeddings.close();
  copyFileSync(join(at('features'), 'features.npy'), at('rows.npy'));
  await writeNpz(at('array.npz'), { embeddings: { shape: [count, dimension], values } });
  writeFileSync(at('rows.safetensors'), safetensors([count, dimension], values));
  await writeTorch(at('rows.pt'), values);
  await writeStatisticsNpz(at('statistics.npz'), statistics);
  await writeNpz(at('both.npz'), {
    arr_0,
    mu: { shape: [dimension], values: statistics.mean },
    sigma: { shape: [dimension, dimension], values: statistics.covariance },
  });
  copyFileSync(fixture('statistics'), at('statistics.pt'));
  writeFileSync(at('statistics.pkl'), pickledStatistics(statistics));
}

/** As the datasets library writes them: a struct of bytes and path. */
export function parquetOf(images: readonly Uint8Array[], labels?: readonly number[]): Buffer {
  const data = images.map((bytes, i) => ({ bytes, path: `${i}.png` }));
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'image', data },
      ...(labels ? [{ name: 'label', data: [...labels] }] : []),
    ],
    schema: [
      { name: 'root', num_children: labels ? 2 : 1 },
      { name: 'image', num_children: 2, repetition_type: 'OPTIONAL' },
      { name: 'bytes', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'path', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      ...(labels
        ? [{ name: 'label', type: 'INT32' as const, repetition_type: 'REQUIRED' as const }]
        : []),
    ],
    rowGroupSize: 5,
  });
  return Buffer.from(file);
}

/** torch-fidelity's own file of features, with other numbers of the same shape. */
async function writeTorch(path: string, values: Float32Array): Promise<void> {
  const zip = await openZip(fixture('features'));
  const entries = await Promise.all(
    zip.members.map(async (member) => {
      const isData = /\/data\/\d+$/.test(member.name);
      return [member.name, isData ? new Uint8Array(values.buffer) : await zip.read(member)];
    }),
  );
  await zip.close();
  await writeZip(path, Object.fromEntries(entries));
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../torch/fixtures/${name}.pt`, import.meta.url));
}
