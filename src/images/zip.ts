import { openZip } from '../arrays/zip.ts';
import { StudyError } from '../errors.ts';
import { decodeImage, pixelsOf, treatmentOf } from './decode.ts';
import { labelsOfFolders } from './labels.ts';
import { byCodeUnit, isImageName } from './names.ts';
import { passedOver } from './passed-over.ts';
import { mostImageBytes, requireImageBytes } from './pixels.ts';
import type { ImageSource } from './source.ts';

/**
 * The images in a .zip, in the order of their full names; read at random, never unpacked to disk.
 * @throws StudyError if it is missing, no zip, truncated, encrypted, or names a file twice.
 */
export async function openZipImages(path: string): Promise<ImageSource> {
  const zip = await openZip(path);
  const members = zip.members
    .filter((member) => isImageName(member.name))
    .sort((a, b) => byCodeUnit(a.name, b.name));
  const twice = members.find((member, i) => members[i - 1]?.name === member.name);
  if (twice) {
    await zip.close();
    throw new StudyError(`${path} holds ${twice.name} twice`, 'pack the zip again');
  }
  const all = zip.members.map(({ name }) => name);
  const nameOf = (index: number) => `${members[index]!.name} in ${path}`;
  const names = members.map((member) => member.name);
  return {
    path,
    names,
    labels: async () => labelsOfFolders(names),
    ...passedOver(all, isImageName),
    treatmentOf,
    files: () => [path],
    async size(index) {
      const { size, packedSize } = members[index]!;
      requireImageBytes(size, nameOf(index));
      // Both are in memory while it is unpacked.
      return size + packedSize;
    },
    pixels: (bytes, index) => pixelsOf(bytes, nameOf(index)),
    read: (index) => zip.read(members[index]!, mostImageBytes),
    decode: (bytes, index) => decodeImage(bytes, nameOf(index)),
    close: zip.close,
  };
}
