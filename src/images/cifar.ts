import { type FileHandle, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { openRegular } from '../arrays/regular-file.ts';
import { StudyError } from '../errors.ts';
import { listFiles } from './folder.ts';
import { Classes, type ImageLabels } from './labels.ts';
import { byCodeUnit, numberedNames, requireCount } from './names.ts';
import type { ImageSource } from './source.ts';

const side = 32;
const planeBytes = side * side;
const imageBytes = 3 * planeBytes;
/** A label, then red, green and blue planes of 32 × 32. */
const recordBytes = 1 + imageBytes;

/**
 * The images of CIFAR-10's binary version: one batch (`test_batch.bin`) or a folder of several, in
 * the order of the files. Names are `data_batch_1/000017`. The label is read only where classes are asked for.
 * @param path what the user named
 * @param files the batches, where not every .bin in the folder is meant
 * @throws StudyError if a file is missing, or is not whole records of 3,073 bytes.
 */
export async function openCifar(path: string, files?: readonly string[]): Promise<ImageSource> {
  const batches: { path: string; file: FileHandle; first: number; name: string }[] = [];
  let names: string[] = [];
  const close = async () => {
    for (const { file } of batches) await file.close();
  };
  try {
    for (const batch of files ?? (await batchFiles(path))) {
      const { file } = await openRegular(batch);
      const name = basename(batch).replace(/\.bin$/i, '');
      batches.push({ path: batch, file, first: names.length, name });
      const count = records((await file.stat()).size, batch);
      names = names.concat(numberedNames(count, path, `${name}/`));
      requireCount(names.length, path);
    }
  } catch (error) {
    await close();
    throw diskError(error, path);
  }
  return {
    path,
    names,
    // The bytes have no header: an array of other images may have the same.
    treatment: `uint8 ${side}x${side} planar`,
    labels: () => labelsIn(batches, names.length),
    files: () => batches.map((batch) => batch.path),
    size: async () => imageBytes,
    pixels: () => planeBytes,
    async read(index) {
      const { file, first } = batches.findLast((batch) => batch.first <= index)!;
      const bytes = new Uint8Array(imageBytes);
      const position = (index - first) * recordBytes + 1;
      const { bytesRead } = await file.read(bytes, 0, imageBytes, position);
      if (bytesRead < imageBytes) {
        throw new StudyError(
          `${names[index]} in ${path} is truncated`,
          'the file changed since it was opened: let nothing write there, and run it again',
        );
      }
      return bytes;
    },
    async decode(bytes) {
      const data = new Uint8Array(imageBytes);
      for (let i = 0; i < planeBytes; i++) {
        data[3 * i] = bytes[i]!;
        data[3 * i + 1] = bytes[planeBytes + i]!;
        data[3 * i + 2] = bytes[2 * planeBytes + i]!;
      }
      return { width: side, height: side, data };
    },
    close,
  };
}

/** The first byte of each record. The names of the classes are in a file of their own. */
async function labelsIn(
  batches: readonly { readonly file: FileHandle; readonly first: number }[],
  count: number,
): Promise<ImageLabels> {
  const classes = new Classes();
  const codes = new Int32Array(count);
  const records = Buffer.alloc(256 * recordBytes);
  for (const { file, first } of batches) {
    let at = first;
    for (let position = 0; ; ) {
      const { bytesRead } = await file.read(records, 0, records.length, position);
      if (bytesRead === 0) break;
      for (let start = 0; start < bytesRead; start += recordBytes, at++) {
        codes[at] = classes.codeOf(String(records[start]));
      }
      position += bytesRead;
    }
  }
  return { from: 'the label bytes', classes: classes.names, codes };
}

async function batchFiles(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const files = (await listFiles(path)).filter((name) => /\.bin$/i.test(name));
  return files.sort(byCodeUnit).map((name) => join(path, name));
}

function records(size: number, path: string): number {
  if (size === 0 || size % recordBytes !== 0) {
    throw new StudyError(
      `${path} has ${size} bytes, not whole CIFAR-10 records of ${recordBytes}`,
      'use the binary version of CIFAR-10 (cifar-10-binary.tar.gz), unpacked',
    );
  }
  return size / recordBytes;
}
