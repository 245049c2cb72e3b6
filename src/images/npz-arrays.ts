import { longestNpyHeader, parseNpyHeader } from '../arrays/npy-header.ts';
import { readNpz } from '../arrays/npz.ts';
import { openZip, type ZipArchive, type ZipMember } from '../arrays/zip.ts';
import { StudyError } from '../errors.ts';
import { isImageArray } from './array.ts';
import { Classes, type ImageLabels } from './labels.ts';

/** Whether an .npz without `arr_0` holds arrays of images. @throws StudyError if it is damaged */
export async function hasImageArray(path: string): Promise<boolean> {
  const zip = await openZip(path);
  try {
    return (await imageMembers(zip)).length > 0;
  } finally {
    await zip.close();
  }
}

/** The array of images in an .npz. @throws StudyError if no array is of images, or several are */
export async function onlyMember(zip: ZipArchive): Promise<ZipMember> {
  const [member, ...more] = await imageMembers(zip);
  if (member && more.length === 0) return member;
  const names = (members: readonly ZipMember[]) => members.slice(0, 8).map(nameOf).join(', ');
  if (member) {
    throw new StudyError(
      `${zip.path} holds several arrays of images: ${names([member, ...more])}`,
      'save the one that is meant: numpy.savez(path, images)',
    );
  }
  throw new StudyError(
    `no array of images in ${zip.path}; it holds: ${names(zip.members) || 'nothing'}`,
    'images are uint8 [N, H, W, 3], as numpy.savez(path, images) saves them',
  );
}

async function imageMembers(zip: ZipArchive): Promise<ZipMember[]> {
  const found: ZipMember[] = [];
  for (const member of zip.members.filter(({ name }) => name.endsWith('.npy'))) {
    const begun: Uint8Array[] = [];
    // Only the header: what is behind it is not unpacked.
    for await (const piece of zip.pieces(member)) {
      begun.push(piece);
      if (begun.reduce((sum, { length }) => sum + length, 0) >= longestNpyHeader) break;
    }
    if (isImages(Buffer.concat(begun))) found.push(member);
  }
  return found;
}

/** Objects, texts and structured arrays are not. */
function isImages(begun: Buffer): boolean {
  try {
    return isImageArray(parseNpyHeader(begun, ''));
  } catch {
    return false;
  }
}

/** Of an array. */
export const nameOf = ({ name }: ZipMember) => name.replace(/\.npy$/, '');

/** ADM's samplers write the classes of their images as `arr_1`. */
export async function labelsIn(path: string, count: number): Promise<ImageLabels | null> {
  const zip = await openZip(path);
  await zip.close();
  if (!zip.members.some(({ name }) => name === 'arr_1.npy')) return null;
  const { arr_1 } = await readNpz(path, ['arr_1'], (headers) => {
    if (headers.arr_1.length === count) return;
    throw new StudyError(
      `arr_1 in ${path} has ${headers.arr_1.length} numbers for ${count} images`,
      'give the classes in a file: --labels FILE',
    );
  });
  const classes = new Classes();
  const codes = Int32Array.from(arr_1.values, (value) => classes.codeOf(String(value)));
  return { from: 'arr_1', classes: classes.names, codes };
}
