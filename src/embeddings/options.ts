import type { Selection } from '../images/open.ts';
import type { Extractor } from '../models/extractor.ts';
import type { Provider } from './provider.ts';

/** How a network is run over images. */
export interface NetworkOptions {
  /** Images a run of the network: 32. */
  readonly batchSize?: number | undefined;
  /** Threads of the network: as many as there are processors. */
  readonly threads?: number | undefined;
  /** Where the network runs: `cpu`. */
  readonly provider?: Provider | undefined;
  /** The provider's devices, by number: batches are dealt out among them. By default its first. */
  readonly devices?: readonly number[] | undefined;
  /**
   * Extracts so that the bits depend on nothing but images, model, batch size and machine: each
   * batch is run by one thread from start to end, and no row is taken from another set.
   */
  readonly deterministic?: boolean | undefined;
  /** With `deterministic`: networks that run side by side, one for each processor. */
  readonly networks?: number | undefined;
  /** Goes on without images that cannot be decoded, and lists them. */
  readonly skipBad?: boolean | undefined;
}

/** How images become features. */
export interface ExtractionOptions extends NetworkOptions {
  /**
   * The network: a name of `study models list`, the path of an .onnx file with its description beside
   * it, or an extractor that is resolved already.
   */
  readonly model?: string | Extractor | undefined;
  /** Its preprocessing mode: by default its first. */
  readonly mode?: string | undefined;
  /** Which images are taken: by default all. */
  readonly selection?: Selection | undefined;
  /** Stops at the next image; whole chunks are kept, and the next run goes on after them. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ExtractionProgress) => void) | undefined;
}

/**
 * Of some options or flags these alone, by name: others may be called as options of an extraction
 * are, such as `--seed` of draws.
 */
export function networkOptions({
  batchSize,
  threads,
  provider,
  devices,
  deterministic,
  networks,
  skipBad,
}: NetworkOptions): NetworkOptions {
  return { batchSize, threads, provider, devices, deterministic, networks, skipBad };
}

export interface ExtractionProgress {
  /** The bytes of all images are hashed before the network runs. */
  readonly phase: 'hashing' | 'extracting';
  /** Images done, those of an interrupted run included. */
  readonly done: number;
  readonly total: number;
  /** Images that an interrupted run had done. */
  readonly resumed: number;
  readonly skipped: number;
}
