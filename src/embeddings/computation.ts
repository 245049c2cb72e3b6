import { sha256Of } from '../arrays/sha256.ts';
import type { Extractor } from '../models/extractor.ts';
import { environment } from '../provenance/environment.ts';
import type { Manifest } from './manifest.ts';

/**
 * A hash of all that decides the bits of an image's row: model, mode, batch size, threads, processor,
 * decoder and onnxruntime.
 */
export function computationHash(
  { sha256, mode }: Pick<Extractor, 'sha256' | 'mode'>,
  { provider, batchSize, threads }: Manifest['extraction'],
  there: Readonly<Record<string, unknown>> = { ...environment() },
): string {
  const { cpu } = there;
  const { 'onnxruntime-node': onnxruntime, sharp } = Object(there.libraries);
  const what = [sha256, mode, provider, batchSize, threads, cpu, onnxruntime, sharp];
  return sha256Of(JSON.stringify(what));
}
