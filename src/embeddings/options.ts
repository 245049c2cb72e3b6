import type { Selection } from '../images/open.ts';
import type { Extractor } from '../models/extractor.ts';
import type { Provider } from './provider.ts';

/** How to run a network over images. */
export interface NetworkOptions {
  /** Images per run of the network; default: 16 on processors, 32 on other devices. */
  readonly batchSize?: number | undefined;
  /** Threads of each network; default: the cores, shared among the networks. */
  readonly threads?: number | undefined;
  /** Where the network runs; default: `cpu`. */
  readonly provider?: Provider | undefined;
  /** The provider's devices, by number; batches are spread over them. Default: its first. */
  readonly devices?: readonly number[] | undefined;
  /**
   * Extracts so that the bits depend only on images, model, batch size and machine: one thread runs a
   * whole batch, and no row is copied from another set.
   */
  readonly deterministic?: boolean | undefined;
  /**
   * Networks in parallel on a processor; default: one per core as far as memory allows, or one if
   * `threads` is given.
   */
  readonly networks?: number | undefined;
  /** Skips images that cannot be decoded, and lists them. */
  readonly skipBad?: boolean | undefined;
}

/** The selection with the column, which is asked for apart because every command has it. */
export function selectionOf({
  selection = {},
  column,
}: Pick<ExtractionOptions, 'selection' | 'column'>): Selection {
  return column === undefined ? selection : { ...selection, column };
}

/** How to extract features from images. */
export interface ExtractionOptions extends NetworkOptions {
  /**
   * The network: a name of `study models list`, the path of an .onnx file with its description next to
   * it, or an extractor that is ready to run.
   */
  readonly model?: string | Extractor | undefined;
  /** Its preprocessing mode; default: its first. */
  readonly mode?: string | undefined;
  /** The column of images in Parquet files with several. */
  readonly column?: string | undefined;
  /** Which images to take; default: all. */
  readonly selection?: Selection | undefined;
  /** Stops at the next image. Whole chunks are kept, and the next run resumes after them. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ExtractionProgress) => void) | undefined;
}

/**
 * Picks these options by name. A command has other flags with the names of extraction options, such as
 * `--seed` of draws; they must not be spread into an extraction.
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
  /** All images are hashed before the network runs. */
  readonly phase: 'hashing' | 'extracting';
  /** Images done, including those of an interrupted run. */
  readonly done: number;
  readonly total: number;
  /** Images that an interrupted run had done. */
  readonly resumed: number;
  readonly skipped: number;
}
