// Products of Householder reflections as one matrix, I − V T Vᵀ (Schreiber & Van Loan 1989).
import { subtractTile } from './_tile';

/** out (size × size) ← −Xᵀ Y for X and Y of `size` columns, in panels of 4, and `depth` rows. */
export function negativeGram(size: i32, depth: i32, x: usize, y: usize, out: usize): void {
  const row = (<usize>size) << 3;
  const panel = (<usize>depth) << 5;
  memory.fill(out, 0, row * <usize>size);
  for (let k = 0; k < size; k += 4) {
    const left = x + <usize>(k >> 2) * panel;
    const to = out + <usize>k * row;
    for (let l = 0; l < size; l += 4) {
      subtractTile(depth, left, y + <usize>(l >> 2) * panel, 32, to + ((<usize>l) << 3), row);
    }
  }
}

/** T (size × size, upper triangular) of H₁ H₂ … = I − V T Vᵀ, from its taus and −VᵀV. */
export function formT(size: i32, taus: usize, gram: usize, t: usize): void {
  const row = (<usize>size) << 3;
  memory.fill(t, 0, row * <usize>size);
  for (let k = 0; k < size; k++) {
    const column = (<usize>k) << 3;
    const scale = load<f64>(taus + column);
    for (let i = 0; i < k; i++) {
      let sum: f64 = 0;
      for (let j = i; j < k; j++) {
        const value = load<f64>(t + <usize>i * row + ((<usize>j) << 3));
        sum += value * load<f64>(gram + <usize>j * row + column);
      }
      store<f64>(t + <usize>i * row + column, scale * sum);
    }
    store<f64>(t + <usize>k * row + column, scale);
  }
}
