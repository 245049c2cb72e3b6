import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { ImageSource } from '../../src/images/source.ts';

/** A file that another tool wrote; see make.py there. */
export function setFile(name: string): string {
  return join(fileURLToPath(new URL('fixtures/sets/', import.meta.url)), name);
}

/** The pixels of all images; closes the source. */
export async function decoded(source: ImageSource): Promise<Uint8Array[]> {
  const images: Uint8Array[] = [];
  for (let i = 0; i < source.names.length; i++) {
    const bytes = await source.read(i);
    expect(bytes.length).toBeLessThanOrEqual(await source.size(i));
    const image = await source.decode(bytes, i);
    expect(image.width * image.height).toBeLessThanOrEqual(source.pixels(bytes, i));
    images.push(new Uint8Array(image.data));
  }
  await source.close();
  return images;
}

/** The class of each image; undefined where the set has none. */
export async function classesOf(source: ImageSource): Promise<string[] | undefined> {
  const labels = await source.labels?.();
  await source.close();
  return labels ? Array.from(labels.codes, (code) => labels.classes[code]!) : undefined;
}
