import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { availableBytes } from '../draws/worker-count.ts';
import type { Provider } from './provider.ts';

/** Images per run of a network on a processor: more are no faster, and each holds 30 MB of maps. */
const onProcessor = 16;
/** On other devices. */
const onDevice = 32;

/**
 * Images per run of a network.
 *
 * @param only size of batches that the network takes, which would be filled up with zeros
 */
export function defaultBatch(provider: Provider, only: number | null = null): number {
  const wanted = provider === 'cpu' ? onProcessor : onDevice;
  return only === null ? wanted : only * Math.ceil(wanted / only);
}

/** Most bytes of a network's maps, an image: 29 MB of Inception-v3 at 299 × 299. */
const imageBytes = 32e6;
/** The weights as bytes of the file, as onnxruntime lays them out, and a copy while it opens. */
const copies = 3;

/**
 * Networks side by side on a processor: one per core, as many as fit into half of the available memory.
 * Networks of one thread each run 4 to 19 % more images than one network on all cores, whose threads
 * wait for each other in every layer; the more other programs there are, the more it is.
 *
 * @param path of the model
 */
export function defaultNetworks(path: string | undefined, batchSize: number): number {
  const model = path === undefined ? 0 : (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  const each = copies * model + batchSize * imageBytes;
  return Math.max(1, Math.min(availableParallelism(), Math.floor(availableBytes() / 2 / each)));
}
