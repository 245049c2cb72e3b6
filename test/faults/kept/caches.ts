import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { extract } from '../../../src/embeddings/extract-images.ts';
import { readNames } from '../../../src/embeddings/names.ts';
import { openEmbeddings } from '../../../src/embeddings/open.ts';
import { sharedAlgebra } from '../../../src/linalg/fast.ts';
import { cachedReference } from '../../../src/sides/reference-cache.ts';
import { referenceOfSide, type StatisticsSide } from '../../../src/sides/side.ts';
import { tinyModel } from '../../embeddings/tiny-extractor.ts';
import { picture, png } from '../../images/sources.ts';
import { type Kept, verdict } from './kept.ts';

/** The factored reference in the cache. */
export async function referenceIn(folder: string): Promise<Kept> {
  const side: StatisticsSide = {
    kind: 'statistics',
    path: 'stats.npz',
    dimension: 3,
    rows: null,
    extractor: null,
    sha256: '0'.repeat(64),
    statistics: {
      mean: Float64Array.of(1, 2, 3),
      covariance: Float64Array.of(4, 1, 0, 1, 3, 0.5, 0, 0.5, 2),
    },
    close() {},
  };
  const algebra = sharedAlgebra();
  const open = () => {
    process.env.STUDY_CACHE = folder;
    return cachedReference(side, algebra);
  };
  const computed = await referenceOfSide(side, algebra);
  await open();
  const references = join(folder, 'references');
  const files = readdirSync(references).map((name) => join(references, name));
  const [whole] = files.map((path) => readFileSync(path));
  return {
    name: 'a cached reference',
    flips: [200, 4000],
    files,
    async read() {
      const isWhole = readFileSync(files[0]!).equals(whole!);
      const read = await open();
      // It was written again where it could not be read.
      const isAgain = !isWhole && readFileSync(files[0]!).equals(whole!);
      return verdict(isDeepStrictEqual(read, computed), !isAgain, 'another reference');
    },
  };
}

interface Extracted {
  readonly images: string;
  readonly model: string;
  readonly out: string;
  readonly cache: string;
  readonly rows: readonly number[];
}

/** 12 images, extracted into a folder and, by that, into a cache. */
async function extracted(folder: string): Promise<Extracted> {
  const images = join(folder, 'images');
  mkdirSync(images, { recursive: true });
  for (let i = 0; i < 12; i++) {
    writeFileSync(join(images, `${100 + i}.png`), await png(picture(i), 8, 6));
  }
  const model = tinyModel(join(folder, 'tiny.onnx'));
  const [out, cache] = [join(folder, 'out'), join(folder, 'cache')];
  process.env.STUDY_CACHE = cache;
  const { embeddings } = await extract(images, { model, out });
  const rows = rowsOf(embeddings);
  embeddings.close();
  return { images, model, out, cache, rows };
}

type Open = Awaited<ReturnType<typeof openEmbeddings>>;

function rowsOf({ rows, dimension, readBlock }: Open): number[] {
  const out = new Float32Array(rows * dimension);
  readBlock(0, rows, out);
  return [...out];
}

/** A folder of `study extract`, as a side of any command. */
export async function featuresIn(folder: string): Promise<Kept> {
  const { out, rows } = await extracted(folder);
  const open = async () => {
    const embeddings = await openEmbeddings(out);
    const read = [rowsOf(embeddings), unsealed(embeddings.manifest)];
    embeddings.close();
    return read;
  };
  const written = await open();
  return {
    name: 'a folder of features',
    flips: [200, 4000],
    files: ['features.npy', 'manifest.json'].map((name) => join(out, name)),
    async read() {
      const read = await open();
      return verdict(
        isDeepStrictEqual(read, written) && rows.length > 0,
        true,
        'other rows or names',
      );
    },
  };
}

/** The set in the cache, when the same images are asked for again. */
export async function cachedSetIn(folder: string): Promise<Kept> {
  const { images, model, cache, rows } = await extracted(folder);
  const sets = join(cache, 'embeddings');
  const [key] = readdirSync(sets);
  return {
    name: 'a cached set',
    flips: [60, 1500],
    // A summary is there once another set has looked for known rows.
    files: ['features.npy', 'names.txt', 'manifest.json', 'digests.bin', 'summary.json']
      .map((name) => join(sets, key!, name))
      .filter((path) => existsSync(path)),
    async read() {
      process.env.STUDY_CACHE = cache;
      const { embeddings, cached } = await extract(images, { model });
      const read = rowsOf(embeddings);
      const names = await readNames(embeddings.path);
      embeddings.close();
      const isSame = isDeepStrictEqual(read, rows) && names.length === 12;
      return verdict(isSame, cached, 'other rows');
    },
  };
}

/** The seal's own name may have the changed bit: all values are compared without it. */
function unsealed(manifest: object | null): object {
  return Object.fromEntries(
    Object.entries(manifest ?? {}).filter(([name]) => !/^.eal|^s.al|^se.l|^sea.$/.test(name)),
  );
}
