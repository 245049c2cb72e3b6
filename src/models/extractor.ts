/**
 * A feature extractor that is ready to run: an ONNX file with resizing and scaling inside the graph.
 * Input `images` uint8 [N, H, W, 3] (any N, H, W), output `features` float32 [N, dimension].
 */
export interface Extractor {
  /** Registry name, e.g. `nsfw-inception-v3`. */
  readonly name: string;
  /** Preprocessing mode, part of the cache key, e.g. `bilinear-half-pixel`. */
  readonly mode: string;
  readonly dimension: number;
  /** sha256 (hex) of the ONNX file: weights, preprocessing and graph together. */
  readonly sha256: string;
  /** The ONNX file on disk. */
  readonly path: string;
  /** Whether its distances may stand beside published FIDs (only the 2015 Inception's may). */
  readonly comparable: boolean;
}
