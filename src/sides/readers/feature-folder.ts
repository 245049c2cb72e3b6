import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { featuresName, manifestName, manifestOf } from '../../embeddings/manifest.ts';
import { openEmbeddings } from '../../embeddings/open.ts';
import { StudyError } from '../../errors.ts';
import { listFiles } from '../../images/folder.ts';
import { isImageName } from '../../images/names.ts';
import { openerOf } from '../../images/open.ts';
import type { Reader } from '../side-kind.ts';

/** A folder that `study extract` wrote. A folder without its files may be one of images. */
export const featureFolder: Reader = async (found) => {
  if (found.type !== 'folder') return undefined;
  const { path } = found;
  const manifest = await manifestOf(path);
  const features = join(path, featuresName);
  const hasFeatures = existsSync(features);
  if (manifest === 'features' || (manifest !== 'none' && hasFeatures)) {
    const count = await countImages(path);
    const note = `${path} holds ${count} images too: its features are used. To use the images, move ${featuresName} and ${manifestName} to another folder`;
    const notes = count > 0 ? [note] : [];
    return { kind: 'features', path, notes, open: () => openEmbeddings(path) };
  }
  if (manifest === 'results') {
    throw new StudyError(
      `${path} is a folder of results: ${manifestName} says so`,
      'give features or images; study plot redraws results',
    );
  }
  if (!hasFeatures) return undefined;
  if ((await countImages(path)) === 0) {
    throw new StudyError(`${path} has ${featuresName}, but no ${manifestName}`, `give ${features}`);
  }
  const note = `${path} holds ${featuresName} too, without a ${manifestName}: its images are used`;
  return { kind: 'images', path, notes: [note], open: openerOf(found)! };
};

async function countImages(folder: string): Promise<number> {
  return (await listFiles(folder)).filter(isImageName).length;
}
