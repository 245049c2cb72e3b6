import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { decodeInto, isFloating } from '../arrays/dtype.ts';
import { type NpyRows, openNpyRows } from '../arrays/npy-file.ts';
import { sha256OfFile, sha256Stream } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { rememberedHash } from '../provenance/remembered-hashes.ts';
import { featuresName, type Manifest, readManifest } from './manifest.ts';
import { readNames } from './names.ts';

/** A set of features [rows, dimension] on disk, already checked. */
export interface Embeddings {
  /** The path that was opened: a folder or a .npy. */
  readonly path: string;
  /** The .npy. A worker thread opens it with `openNpyRows`, without checking it again. */
  readonly featuresPath: string;
  readonly rows: number;
  readonly dimension: number;
  /** The origin of the features; null for a bare .npy. */
  readonly manifest: Manifest | null;
  /** Arrays of as many rows beside the features, `.npy`. */
  readonly extra?: { readonly logits?: string; readonly spatial?: string };
  /** sha256 (hex) of the .npy. */
  readonly sha256: string;
  /** Reads row `indices[i]` into row i of `out`, in any order; fastest for ascending indices. */
  readRows(indices: Uint32Array, out: Float32Array | Float64Array): void;
  /** Reads rows `start` to `start + count` into `out`. */
  readBlock(start: number, count: number, out: Float32Array | Float64Array): void;
  close(): void;
}

/**
 * Opens features: a folder that `study extract` wrote, or any .npy of float16, float32 or float64
 * [N, d]. The whole file is read once to check it (400 MB take half a second); a large file that has not
 * changed since is not read again.
 * @throws StudyError for a missing or damaged file, a wrong shape or type, a checksum that differs from
 * the manifest's, and features that are NaN or infinite
 */
export async function openEmbeddings(path: string): Promise<Embeddings> {
  const found = await stat(path).catch((error) => {
    throw diskError(error, path);
  });
  const manifest = found.isDirectory() ? await readManifest(path) : null;
  const featuresPath = manifest ? join(path, featuresName) : path;
  const file = openNpyRows(featuresPath);
  try {
    requireFeatures(file, manifest);
    const checking = () => check(file, path, manifest);
    const sha256 = await rememberedHash('features', featuresPath, checking);
    requireHash(file, sha256, manifest);
    const extra = manifest?.outputs && (await checkOutputs(path, manifest));
    const { rows, dimension, readRows, readBlock, close } = file;
    const read = { readRows, readBlock, close };
    return {
      path,
      featuresPath,
      rows,
      dimension,
      manifest,
      ...(extra && { extra }),
      sha256,
      ...read,
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Paths of the arrays beside the features. @throws StudyError if one is missing or changed */
async function checkOutputs(folder: string, { rows, outputs = {} }: Manifest) {
  const paths: Partial<Record<'logits' | 'spatial', string>> = {};
  for (const name of ['logits', 'spatial'] as const) {
    const stated = outputs[name];
    if (!stated) continue;
    const path = join(folder, stated.file);
    const file = openNpyRows(path);
    file.close();
    const found = await sha256OfFile(path);
    if (file.rows !== rows || file.dimension !== stated.dimension || found !== stated.sha256) {
      throw new StudyError(
        `${path} is [${file.rows}, ${file.dimension}] with the sha256 ${found}, not what its manifest says: [${rows}, ${stated.dimension}], ${stated.sha256}`,
        'the file is damaged: delete its folder and extract again',
      );
    }
    paths[name] = path;
  }
  return paths;
}

function requireFeatures(file: NpyRows, manifest: Manifest | null): void {
  const { path, header, rows, dimension } = file;
  if (!isFloating(header.dtype)) {
    throw new StudyError(
      `${path} holds ${header.dtype.name}; features are float16, float32 or float64`,
      'save the features of a network, not its input or labels',
    );
  }
  if (manifest && (manifest.rows !== rows || manifest.dimension !== dimension)) {
    throw damaged(path, `is [${rows}, ${dimension}]`, manifest);
  }
}

function requireHash({ path }: NpyRows, sha256: string, manifest: Manifest | null): void {
  if (!manifest || sha256 === manifest.features.sha256) return;
  throw damaged(path, `has the sha256 ${sha256}`, manifest);
}

/**
 * One pass over the file: computes its sha256 and refuses NaN and infinity.
 *
 * @param folder with the names of the rows
 */
async function check(rows: NpyRows, folder: string, manifest: Manifest | null): Promise<string> {
  const { path, header, dimension } = rows;
  const hash = sha256Stream();
  const rowBytes = dimension * header.dtype.bytes;
  // Whole rows, so that a bad value's place is known: 4 MB, or one row if that is more.
  const blockBytes = Math.max(1, Math.floor((1 << 22) / rowBytes)) * rowBytes;
  let worst: Place | undefined;
  const file = await open(path, 'r');
  try {
    hash.update(await readBlockAt(file, 0, header.dataOffset));
    const end = header.dataOffset + header.length * header.dtype.bytes;
    for (let at = header.dataOffset; at < end; at += blockBytes) {
      const bytes = await readBlockAt(file, at, Math.min(blockBytes, end - at));
      hash.update(bytes);
      worst ??= notFinite(bytes, rows, (at - header.dataOffset) / header.dtype.bytes);
    }
  } finally {
    await file.close();
  }
  const sha256 = hash.digest('hex');
  requireHash(rows, sha256, manifest);
  if (!worst) return sha256;
  // A message about the features must not fail for want of a name.
  const names = manifest ? await readNames(folder, manifest).catch(() => []) : [];
  const name = names[worst.row];
  throw new StudyError(
    `${path} has the value ${worst.value} in row ${worst.row}${name === undefined ? '' : ` (${name})`}, column ${worst.column}`,
    'extract these features again, or leave the row out',
  );
}

interface Place {
  readonly value: number;
  readonly row: number;
  readonly column: number;
}

async function readBlockAt(
  file: Awaited<ReturnType<typeof open>>,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) {
      throw new StudyError(
        'the features ended while they were read',
        'another program may be writing to the file: let it finish, then run this again',
      );
    }
    done += bytesRead;
  }
  return bytes;
}

/** The first NaN or infinity in a block, if there is one. */
function notFinite(
  bytes: Uint8Array,
  { header, dimension }: NpyRows,
  first: number,
): Place | undefined {
  const count = bytes.length / header.dtype.bytes;
  if (header.dtype.name === 'float32' && !header.dtype.bigEndian) {
    // All exponent bits set means infinity or NaN; on integers this test runs at memory speed.
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, count);
    let special = false;
    for (let i = 0; i < count; i++) {
      if ((words[i]! & 0x7f800000) === 0x7f800000) special = true;
    }
    if (!special) return undefined;
  }
  const values = new Float64Array(count);
  decodeInto(bytes, header.dtype, values);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return undefined;
  const row = Math.floor((first + at) / dimension);
  return { value: values[at]!, row, column: at % dimension };
}

function damaged(path: string, what: string, manifest: Manifest): StudyError {
  const { rows, dimension, features } = manifest;
  return new StudyError(
    `${path} ${what}, not what its manifest says: [${rows}, ${dimension}], ${features.sha256}`,
    'the features are damaged: delete their folder and extract them again',
  );
}
