import type { Gemm, Matrix } from './gemm.ts';

/** Columns of M taken together. */
const PANEL = 256;

/** Some columns of M without the rows in which they, and all before them, are zero. */
interface Panel {
  readonly column: number;
  /** The first row kept, in the order of `Panels.order`. */
  readonly start: number;
  /** [rows − start, columns] */
  readonly values: Matrix;
}

interface Panels {
  /** Rows of M by their last non-zero column; null if that is the order they are in. */
  readonly order: Int32Array | null;
  readonly panels: readonly Panel[];
}

const known = new WeakMap<Matrix, Panels>();

/**
 * Mᵀ S M for a symmetric S [d, d] and any M [d, r]; only its lower triangle is filled in. A pivoted
 * Cholesky factor is a triangle whose rows are in another order: with its zeros left out, and half of
 * the symmetric result, the product takes about a third of the operations.
 */
export async function symmetricCongruence(m: Matrix, s: Matrix, gemm: Gemm): Promise<Matrix> {
  const { order, panels } = panelsOf(m);
  const ordered = order ? permuted(s, order) : s;
  const d = m.rows;
  const r = m.columns;
  const out = new Float64Array(r * r);
  for (const [j, right] of panels.entries()) {
    const rows = {
      data: ordered.data.subarray(right.start * d),
      rows: d - right.start,
      columns: d,
    };
    // S is symmetric: these rows, transposed, are the columns that meet the panel.
    const product = await gemm.multiply(rows, right.values, { transposeA: true });
    for (const left of panels.slice(j)) {
      const part = {
        data: product.data.subarray(left.start * product.columns),
        rows: d - left.start,
        columns: product.columns,
      };
      const block = await gemm.multiply(left.values, part, { transposeA: true });
      for (let row = 0; row < block.rows; row++) {
        const line = block.data.subarray(row * block.columns, (row + 1) * block.columns);
        out.set(line, (left.column + row) * r + right.column);
      }
    }
  }
  return { data: out, rows: r, columns: r };
}

/** The panels of a matrix, found once for as long as it lives. */
function panelsOf(m: Matrix): Panels {
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
    const values = new Float64Array((rows - start) * width);
    for (let i = start; i < rows; i++) {
      const from = order[i]! * columns + column;
      values.set(data.subarray(from, from + width), (i - start) * width);
    }
    panels.push({ column, start, values: { data: values, rows: rows - start, columns: width } });
  }
  return { order: order.every((row, i) => row === i) ? null : order, panels };
}

function permuted({ data, rows }: Matrix, order: Int32Array): Matrix {
  const out = new Float64Array(rows * rows);
  for (let i = 0, k = 0; i < rows; i++) {
    const start = order[i]! * rows;
    for (let j = 0; j < rows; j++) out[k++] = data[start + order[j]!]!;
  }
  return { data: out, rows, columns: rows };
}
