import { hashImages } from '../../embeddings/digests.ts';
import { openImages, type Selection } from '../../images/open.ts';

/** How many images there are, and what they are by their bytes. */
export async function identify(
  path: string,
  selection: Selection,
  signal: AbortSignal,
): Promise<{ sha256: string; count: number }> {
  const source = await openImages(path, selection);
  try {
    const sha256 = (await hashImages(source, signal)).ofAll();
    return { sha256, count: source.names.length };
  } finally {
    await source.close();
  }
}
