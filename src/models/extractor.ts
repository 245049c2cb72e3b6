import type { NetworkOutput } from './outputs.ts';

/**
 * A feature extractor that is ready to run: an ONNX file with resizing and scaling inside the graph.
 * Input `images` uint8 [N, H, W, 3] (any N, H, W), output `features` float32 [N, dimension]. Or, with
 * an adapter, a user's network with its own inputs and outputs.
 */
export interface Extractor {
  /** Registry name, e.g. `nsfw-inception-v3`. */
  readonly name: string;
  /** Preprocessing mode, part of the cache key, e.g. `bilinear-half-pixel`. */
  readonly mode: string;
  readonly dimension: number;
  /**
   * sha256 (hex) of the ONNX file: weights, preprocessing and graph together; with an adapter, of
   * the file and the adapter.
   */
  readonly sha256: string;
  /** The ONNX file on disk. */
  readonly path: string;
  /** Whether its distances are comparable with published FIDs (only the 2015 Inception's are). */
  readonly comparable: boolean;
  /** The arrays that its rows hold side by side, if there are several. */
  readonly outputs?: readonly NetworkOutput[] | undefined;
  readonly adapter?: Adapter | undefined;
  /** What a manifest records of an extractor that is not in the registry. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** Turns a network with its own inputs and outputs into an extractor. */
export interface Adapter {
  /** ONNX file: `images` uint8 [N, H, W, 3] to `values`, which the network takes. */
  readonly before: Uint8Array;
  /** Names of the network's input and output. */
  readonly input: string;
  readonly output: string;
  /** ONNX file: `output`, which the network gives, to `features` float32 [N, dimension]. */
  readonly after: Uint8Array;
  /** The only batch size that the network takes; null if it takes any. */
  readonly batch: number | null;
}
