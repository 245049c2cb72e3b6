import { openZip } from '../arrays/zip.ts';
import { StudyError } from '../errors.ts';
import { decodeImage } from './decode.ts';
import { byCodeUnit, isImageName } from './names.ts';
import type { ImageSource } from './source.ts';

/**
 * The images in a .zip, in the order of their full names; read at random, never unpacked to disk.
 * @throws StudyError where it is missing, no zip, truncated, encrypted, or names a file twice.
 */
export async function openZipImages(path: string): Promise<ImageSource> {
  const zip = await openZip(path);
  const members = zip.members
    .filter((member) => isImageName(member.name))
    .sort((a, b) => byCodeUnit(a.name, b.name));
  const twice = members.find((member, i) => members[i - 1]?.name === member.name);
  if (twice) {
    await zip.close();
    throw new StudyError(`${path} holds ${twice.name} twice`, 'pack the zip anew');
  }
  return {
    path,
    names: members.map((member) => member.name),
    read: (index) => zip.read(members[index]!),
    decode: (bytes, index) => decodeImage(bytes, `${members[index]!.name} in ${path}`),
    close: zip.close,
  };
}
