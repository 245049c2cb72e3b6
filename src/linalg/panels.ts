import type { Matrix } from './gemm.ts';
import { LINE } from './transpose.ts';

/** Columns of M taken together. */
export const PANEL = 256;

/** Some columns of M without the rows in which they, and all before them, are zero. */
export interface Panel {
  readonly column: number;
  /** The first row kept, in the order of `Panels.order`. */
  readonly start: number;
  /** Transposed, [columns, rows − start]: onnxruntime's products are fastest along rows. */
  readonly values: Matrix;
}

export interface Panels {
  /** Rows of M by their last non-zero column. */
  readonly order: Int32Array;
  readonly panels: readonly Panel[];
}

const known = new WeakMap<Matrix, Panels>();

/**
 * The panels of a matrix, cached as long as it lives. A pivoted Cholesky factor is a triangle with
 * reordered rows: its panels leave out nearly half of it.
 */
export function panelsOf(m: Matrix): Panels {
  let found = known.get(m);
  if (!found) {
    found = findPanels(m);
    known.set(m, found);
  }
  return found;
}

function findPanels({ data, rows, columns }: Matrix): Panels {
  const last = Int32Array.from({ length: rows }, (_, i) => {
    let column = columns - 1;
    while (column > 0 && data[i * columns + column] === 0) column--;
    return column;
  });
  const order = Int32Array.from(last.keys()).sort((a, b) => last[a]! - last[b]! || a - b);
  const panels: Panel[] = [];
  for (let column = 0; column < columns; column += PANEL) {
    const width = Math.min(PANEL, columns - column);
    let start = 0;
    while (start < rows && last[order[start]!]! < column) start++;
    const size = rows - start;
    const values = new Float64Array(size * width);
    for (let top = 0; top < size; top += LINE) {
      const end = Math.min(top + LINE, size);
      for (let j = 0; j < width; j++) {
        for (let i = top, to = j * size + top; i < end; i++) {
          values[to++] = data[order[start + i]! * columns + column + j]!;
        }
      }
    }
    panels.push({ column, start, values: { data: values, rows: width, columns: size } });
  }
  return { order, panels };
}
