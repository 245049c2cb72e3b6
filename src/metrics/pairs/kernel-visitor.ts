import type { BetweenSums, WithinSums } from '../kernel-sums.ts';
import { once, type Rows } from '../sample.ts';
import { type Kernel, slopeAt } from './kernel.ts';
import type { ProductBlock, Visitor } from './products.ts';
import { squares, weightedSum } from './scales.ts';

/** The factors f(x) of a sample's rows, and Σ f(x) x. */
export function scaled(sample: Rows, kernel: Kernel) {
  return once(sample, `scaled for ${kernel.name}`, () => {
    const factors = squares(sample).map((square) => kernel.factor(square, sample.dimension));
    return { factors, sum: weightedSum(sample, factors) };
  });
}

/**
 * Sums a kernel over pairs from float32 products. Their rounding is taken out to first order: Σ c over
 * all pairs is known exactly from the sums of rows, and the sums are moved by the kernel's slope times
 * the difference. What is left is the rounding of terms of second order, 1e-9 of a KID of 1e-6.
 */
export class KernelVisitor implements Visitor {
  readonly #rows: Float64Array;
  readonly #columns: Float64Array;
  readonly #x: ReturnType<typeof scaled>;
  readonly #y: ReturnType<typeof scaled>;
  readonly #isWithin: boolean;
  #squares = 0;
  #products = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly x: Rows,
    private readonly y: Rows,
  ) {
    this.#isWithin = x === y;
    this.#rows = new Float64Array(x.rows);
    this.#columns = this.#isWithin ? this.#rows : new Float64Array(y.rows);
    this.#x = scaled(x, kernel);
    this.#y = scaled(y, kernel);
  }

  visit({ i, j, rows, columns, products, isDiagonal }: ProductBlock): void {
    const [a, b, c, d, e, f] = this.kernel.coefficients;
    const right = this.#y.factors;
    const ofColumns = this.#columns;
    let [squared, total] = [0, 0];
    for (let row = 0; row < rows; row++) {
      const left = this.#x.factors[i + row]!;
      let [sum, square, linear] = [0, 0, 0];
      for (let column = isDiagonal ? row + 1 : 0, k = row * columns + column; column < columns; ) {
        const at = products[k++]! * left * right[j + column]!;
        const value = at * (a + at * (b + at * (c + at * (d + at * (e + at * f)))));
        linear += at;
        sum += value;
        square += value * value;
        ofColumns[j + column++]! += value;
      }
      this.#rows[i + row]! += sum;
      squared += square;
      total += linear;
    }
    // Within a sample each pair counts for both of its rows.
    this.#squares += this.#isWithin ? 2 * squared : squared;
    this.#products += this.#isWithin ? 2 * total : total;
  }

  /** Call it after all pairs of one sample. */
  within(): WithinSums {
    const { rows: count } = this.x;
    const { factors, sum } = this.#x;
    const lengths = squares(this.x);
    let exact = dot(sum, sum);
    for (let row = 0; row < count; row++) exact -= lengths[row]! * factors[row]! ** 2;
    const more = this.#correction(exact, count * (count - 1));
    return { count, rows: this.#rows.map((each) => each + more / count), squares: this.#squares };
  }

  /** Call it after all pairs of two samples. */
  between(): BetweenSums {
    const [m, n] = [this.x.rows, this.y.rows];
    const more = this.#correction(dot(this.#x.sum, this.#y.sum), m * n);
    return {
      rows: this.#rows.map((each) => each + more / m),
      columns: this.#columns.map((each) => each + more / n),
      squares: this.#squares,
    };
  }

  #correction(exact: number, pairs: number): number {
    return slopeAt(this.kernel, exact / pairs) * (exact - this.#products);
  }
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((total, value, i) => total + value * y[i]!, 0);
}
