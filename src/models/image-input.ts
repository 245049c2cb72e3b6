import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

/** Opset that `resizeBilinear` needs: Resize with `axes`. onnxruntime has it since 1.15. */
export const imageOpset = 18;

/**
 * Declares the model input `images`, uint8 [N, H, W, 3] of any size.
 *
 * @returns the same values 0 … 255 as float32 [N, 3, H, W]
 */
export function imageInput(graph: GraphBuilder): Value {
  const images = graph.input('images', 'uint8', ['N', 'H', 'W', 3]);
  const floats = graph.node('Cast', [images], { to: { int: 1 } });
  return graph.node('Transpose', [floats], { perm: { ints: [0, 3, 1, 2] } });
}

/**
 * Resizes [N, C, H, W] to [N, C, size, size], bilinear with half-pixel centres and no antialiasing:
 * PyTorch's `interpolate(mode='bilinear', align_corners=False)`.
 */
export function resizeBilinear(graph: GraphBuilder, input: Value, size: number): Value {
  const sizes = graph.initializer('resize/sizes', BigInt64Array.of(BigInt(size), BigInt(size)));
  return graph.node('Resize', [input, '', '', sizes], {
    mode: { string: 'linear' },
    coordinate_transformation_mode: { string: 'half_pixel' },
    antialias: { int: 0 },
    axes: { ints: [2, 3] },
  });
}
