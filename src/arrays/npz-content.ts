import { StudyError } from '../errors.ts';
import { decodeInto, parseDtype } from './dtype.ts';
import { parseNpyFields } from './npy-header.ts';
import { npyStart, npzArray } from './npz.ts';
import type { Content, StoredArray } from './stored-array.ts';
import { openZip, type ZipContent, type ZipMember } from './zip.ts';

/** More arrays than any file of features or statistics has. */
const mostArrays = 4096;

/** Bytes of a text that is read: a name, a hash, settings. */
const longestText = 2 ** 18;

/**
 * What an .npz holds, by name: of arrays the headers alone are unpacked, numbers and texts are read.
 * Python's objects are left alone: they are pickled.
 *
 * @throws StudyError if the file or a header is damaged
 */
export async function npzContent(path: string): Promise<ReadonlyMap<string, Content>> {
  // The file is not kept open from the look at it to the reading.
  return opened(path, (zip) =>
    npzContentOf(zip, (name) => opened(path, (again) => npzArray(again, name))),
  );
}

/**
 * The same of an open .npz.
 *
 * @param read reads an array of it
 */
export async function npzContentOf(
  zip: ZipContent,
  read: (name: string) => Promise<{ readonly values: Float32Array | Float64Array }>,
): Promise<ReadonlyMap<string, Content>> {
  const members = zip.members.filter(({ name }) => name.endsWith('.npy'));
  if (members.length > mostArrays) {
    throw new StudyError(
      `${zip.path} holds ${members.length} arrays`,
      `up to ${mostArrays} are read: save the features as one array`,
    );
  }
  const content = new Map<string, Content>();
  for (const member of members) {
    const name = member.name.slice(0, -'.npy'.length);
    if (content.has(name)) {
      throw new StudyError(
        `${zip.path} holds two arrays called ${name}`,
        'which one is meant cannot be told: save the file again',
      );
    }
    content.set(name, await contentOf(zip, member, name, async () => (await read(name)).values));
  }
  return content;
}

async function opened<Value>(path: string, work: (zip: ZipContent) => Promise<Value>) {
  const zip = await openZip(path);
  try {
    return await work(zip);
  } finally {
    await zip.close();
  }
}

async function contentOf(
  zip: ZipContent,
  member: ZipMember,
  name: string,
  read: StoredArray['read'],
): Promise<Content> {
  const where = `${name} in ${zip.path}`;
  const start = await npyStart(zip, member, where);
  const { descr, shape, dataOffset } = parseNpyFields(start, where);
  const isPlain = shape.length === 0 && member.size - dataOffset <= longestText;
  if (isPlain && descr !== null) {
    const bytes = (await zip.read(member)).subarray(dataOffset);
    const plain = numberOf(bytes, descr) ?? textOf(bytes, descr);
    if (plain !== undefined) return plain;
  }
  const dtype = parseDtype(descr ?? '')?.name ?? descr ?? 'structured';
  return { kind: 'array', dtype, shape, read };
}

function numberOf(bytes: Uint8Array, descr: string): number | undefined {
  const dtype = parseDtype(descr);
  if (!dtype || bytes.length !== dtype.bytes) return undefined;
  const value = new Float64Array(1);
  decodeInto(bytes, dtype, value);
  return value[0];
}

/** NumPy's texts: UTF-32, filled up with zeros. */
function textOf(bytes: Uint8Array, descr: string): string | undefined {
  const length = Number(/^[<=]U(\d{1,6})$/.exec(descr)?.[1] ?? -1);
  if (bytes.length !== 4 * length) return undefined;
  const points = new Uint32Array(new Uint8Array(bytes).buffer);
  const end = points.findLastIndex((point) => point !== 0) + 1;
  if (points.some((point) => point > 0x10ffff)) return undefined;
  return Array.from(points.subarray(0, end), (point) => String.fromCodePoint(point)).join('');
}
