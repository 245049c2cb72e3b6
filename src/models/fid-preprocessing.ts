import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';
import { elementwise } from './elementwise.ts';
import {
  bicubicAntialiased,
  bilinearAsymmetric,
  bilinearHalfPixel,
  resizeWith,
} from './interpolation.ts';

/** How tools resize an image to the FID Inception's 299 × 299; the first one is the default. */
export const fidModes = ['legacy_tensorflow', 'legacy_pytorch', 'clean'] as const;

export type FidMode = (typeof fidModes)[number];

const size = 299;

/**
 * Resizes and scales as a public tool does. Every mode leaves images of 299 × 299 unresized.
 * - `legacy_tensorflow`: TTUR, torch-fidelity, and clean-fid's mode of that name
 * - `legacy_pytorch`: pytorch-fid, and clean-fid's mode of that name
 * - `clean`: clean-fid; the resized values are clipped but not rounded
 *
 * @param pixels float32 [N, 3, H, W], 0 … 255
 * @returns float32 [N, 3, 299, 299], −1 … 1
 */
export function fidPreprocessing(graph: GraphBuilder, pixels: Value, mode: FidMode): Value {
  const math = elementwise(graph, 'float32', 'scale');
  const aroundZero = (value: Value) => math.div(math.sub(value, 128), 128);
  switch (mode) {
    case 'legacy_tensorflow':
      return aroundZero(resizeWith(bilinearAsymmetric, graph, pixels, size));
    case 'legacy_pytorch': {
      const unit = resizeWith(bilinearHalfPixel, graph, math.div(pixels, 255), size);
      return math.sub(math.mul(unit, 2), 1);
    }
    case 'clean': {
      const resized = resizeWith(bicubicAntialiased, graph, pixels, size);
      return aroundZero(math.min(math.max(resized, 0), 255));
    }
  }
}
