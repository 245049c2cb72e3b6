import { basename, dirname, join } from 'node:path';
import { StudyError } from '../errors.ts';
import { readImageHeader } from './header.ts';
import { type Found, look } from './look.ts';
import { isHiddenName } from './names.ts';

/** A format that is not read: what it is, and how to make one of it that is. */
interface OtherFormat {
  readonly is: string;
  readonly hint: string;
}

/**
 * Refuses a file of a format that is known but not read, by its content.
 * @throws StudyError with the command that converts it
 */
export function requireKnown(found: Found): void {
  const other = otherFormat(found);
  if (other) throw new StudyError(`${found.path} is ${other.is}`, other.hint);
}

/**
 * Refuses a folder without images whose files are of such a format.
 * @param files in it, by their names
 * @throws StudyError with the command that converts the first
 */
export async function requireKnownFolder(path: string, files: readonly string[]): Promise<void> {
  const seen = files.filter((name) => !isHiddenName(name)).sort();
  for (const name of seen.slice(0, mostLooked)) {
    const found = await look(join(path, name)).catch(() => undefined);
    const other = found && otherFormat(found);
    if (!other) continue;
    throw new StudyError(`no images in ${path}, but ${name}, which is ${other.is}`, other.hint);
  }
}

/** Files of a folder that are opened to see what they are. */
const mostLooked = 16;

/** What a file is by its first bytes, if it is of a known format that is not read. */
export function otherFormat(found: Found): OtherFormat | undefined {
  if (found.type !== 'file') return undefined;
  const { path } = found;
  const head = Buffer.from(found.head);
  const start = head.toString('latin1');
  const packed = compressions.find(({ magic }) => start.startsWith(magic));
  if (packed) {
    const { is, command } = packed;
    const plain = basename(path)
      .replace(/\.tgz$/i, '.tar')
      .replace(/\.(?:gz|bz2|xz|zst|7z|rar)$/i, '');
    return {
      is: `compressed by ${is}: its images cannot be read one by one`,
      hint: `unpack it once: ${command} ${path}${plain === basename(path) ? '' : `, and give ${plain}`}`,
    };
  }
  if (start.startsWith('\x89HDF\r\n\x1a\n')) return { is: 'HDF5', hint: hdf5(path) };
  if (start.startsWith('MATLAB 7.3 MAT-file'))
    return { is: 'a .mat of MATLAB 7.3', hint: hdf5(path) };
  if (start.startsWith('MATLAB 5.0 MAT-file')) {
    return {
      is: 'a .mat of MATLAB',
      hint: inPython(
        `import numpy as np, scipy.io as s; np.save('images.npy', s.loadmat('${path}')['X'].transpose(3, 0, 1, 2))`,
        'save its array as a .npy uint8 [N, H, W, 3]; for X [H, W, 3, N] as SVHN has it',
      ),
    };
  }
  if (head.length > 20 && head.readUInt32LE(16) === lmdbMagic)
    return { is: 'LMDB', hint: lmdb(path) };
  if (isTfRecord(head)) {
    return {
      is: 'TFRecord',
      hint: inPython(
        `import tensorflow as tf; [tf.io.write_file(f'images/{i:08}.jpg', tf.train.Example.FromString(r.numpy()).features.feature['image/encoded'].bytes_list.value[0]) for i, r in enumerate(tf.data.TFRecordDataset('${path}'))]`,
        'write its images to files',
      ),
    };
  }
  if (start.startsWith('ARROW1') || /^\xff{4}[^\0].?.?\0/s.test(start)) {
    return {
      is: 'Arrow',
      hint: inPython(
        `import datasets; datasets.Dataset.from_file('${path}').to_parquet('images.parquet')`,
        'write it as Parquet',
      ),
    };
  }
  return isImage(head) ? { is: 'one image', hint: 'name a folder of images' } : undefined;
}

const compressions = [
  { magic: '\x1f\x8b', is: 'gzip', command: 'gunzip -k' },
  { magic: 'BZh', is: 'bzip2', command: 'bunzip2 -k' },
  { magic: '\xfd7zXZ\0', is: 'xz', command: 'unxz -k' },
  { magic: '\x28\xb5\x2f\xfd', is: 'zstd', command: 'unzstd' },
  { magic: '7z\xbc\xaf\x27\x1c', is: '7-Zip', command: '7z x' },
  { magic: 'Rar!\x1a\x07', is: 'RAR', command: 'unrar x' },
] as const;

function inPython(code: string, what: string): string {
  return `${what}: python3 -c "${code}"`;
}

function hdf5(path: string): string {
  return inPython(
    `import h5py, numpy as np; np.save('images.npy', h5py.File('${path}')['images'][:])`,
    'save its array as a .npy, images as uint8 [N, H, W, 3]; with the name of the array',
  );
}

/** Of a data.mdb on a machine of 64 bits, behind the head of its first page. */
const lmdbMagic = 0xbeefc0de;

function lmdb(path: string): string {
  return inPython(
    `import io, lmdb, tarfile; t = tarfile.open('images.tar', 'w'); [(f := tarfile.TarInfo(f'{i:08}.webp'), setattr(f, 'size', len(v)), t.addfile(f, io.BytesIO(v))) for i, (k, v) in enumerate(lmdb.open('${dirname(path)}', readonly=True, lock=False).begin().cursor())]; t.close()`,
    'write its images to a tar',
  );
}

/**
 * Whether a file begins with the length of a record and the length's checksum, CRC-32C turned and
 * shifted.
 *
 * Format: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
function isTfRecord(head: Buffer): boolean {
  if (head.length < 16) return false;
  const crc = crc32c(head.subarray(0, 8));
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  return head.readUInt32LE(8) === masked;
}

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function isImage(head: Buffer): boolean {
  try {
    const { width, height } = readImageHeader(head);
    return width > 0 && height > 0;
  } catch {
    return false;
  }
}
