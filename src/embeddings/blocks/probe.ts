import { sha256Of } from '../../arrays/sha256.ts';
import { roundingProbe } from '../../linalg/probe.ts';
import type { Extractor } from '../../models/extractor.ts';
import { libraryVersion } from '../../provenance/environment.ts';
import { loadNetwork } from '../network.ts';
import type { Provider } from '../provider.ts';

const IMAGES = 10;
const SIDE = 64;

/**
 * Tells how this machine rounds features, as a hash: those of ten fixed images, and products. Of other
 * providers than the processor only their name, for the machine that prepares a job may have no GPU.
 */
export async function featuresProbe(extractor: Extractor, provider: Provider): Promise<string> {
  if (provider !== 'cpu') return sha256Of(provider, libraryVersion('onnxruntime-node'));
  const products = await roundingProbe();
  const { path, adapter } = extractor;
  const network = await loadNetwork({ path, adapter, provider, threads: 1 });
  try {
    const features = await network.run(fixedImages(), SIDE, SIDE);
    return sha256Of(products, new Uint8Array(features.buffer, 0, features.byteLength));
  } catch {
    // A network without resizing takes images of one size only.
    return products;
  } finally {
    await network.release();
  }
}

/** Some pixels: numbers of a linear congruence. */
function fixedImages(): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: IMAGES * SIDE * SIDE * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
