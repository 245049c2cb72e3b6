import { StudyError } from '../errors.ts';

/** What DINOv2 adds to the side of the grid, against rounding, before it takes the ratio of sides. */
const offset = 0.1;

/** Keys's kernel has this slope at 1 in PyTorch; Pillow's is −½. */
const a = -0.75;

/**
 * DINOv2's position embeddings [1 + side², width] for images of another size than those of its training:
 * the class token's stay; those of the patches are resized like PyTorch's bicubic `interpolate` with the
 * scale (side + 0.1) / trained side, without antialiasing.
 *
 * Source: `interpolate_pos_encoding` in facebookresearch/dinov2, which dgm-eval runs. Hugging Face's
 * transformers leaves out the 0.1.
 *
 * @param positions [1 + trained side², width]
 * @param side patches along a side of the images
 */
export function resizedPositions(
  positions: Float32Array,
  width: number,
  side: number,
): Float32Array {
  const trained = Math.sqrt(positions.length / width - 1);
  if (!Number.isInteger(trained) || trained < 1) {
    throw new StudyError(
      `position embeddings of ${positions.length / width} tokens, not of a square and a class token`,
      'are these the weights of this network?',
    );
  }
  if (trained === side) return positions;
  const taps = Array.from({ length: side }, (_, i) => tapsOf(i, trained, side));
  const out = new Float32Array((1 + side * side) * width);
  out.set(positions.subarray(0, width));
  for (const [y, rows] of taps.entries()) {
    for (const [x, columns] of taps.entries()) {
      const to = (1 + y * side + x) * width;
      for (let i = 0; i < width; i += 1) {
        let sum = 0;
        for (const row of rows) {
          for (const column of columns) {
            const from = (1 + row.at * trained + column.at) * width;
            sum += row.weight * column.weight * positions[from + i]!;
          }
        }
        out[to + i] = sum;
      }
    }
  }
  return out;
}

/** The four places, kept inside, that one place of the new grid is a mean of. */
function tapsOf(i: number, trained: number, side: number): { at: number; weight: number }[] {
  const centre = (i + 0.5) * (trained / (side + offset)) - 0.5;
  const first = Math.floor(centre) - 1;
  return [0, 1, 2, 3].map((tap) => {
    const at = Math.min(Math.max(first + tap, 0), trained - 1);
    return { at, weight: kernel(Math.abs(centre - (first + tap))) };
  });
}

function kernel(x: number): number {
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}
