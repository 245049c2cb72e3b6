import type { BetweenSums, WithinSums } from '../kernel-sums.ts';
import { once, type Rows } from '../sample.ts';
import { DEGREE, type Kernel, slopeAt } from './kernel.ts';
import type { ProductBlock, Visitor } from './products.ts';
import { squares, weightedSum } from './scales.ts';

/** The factors f(x) of a sample's rows, and Σ f(x) x. */
export function scaled(sample: Rows, kernel: Kernel) {
  return once(sample, `scaled for ${kernel.name}`, () => {
    const factors = squares(sample).map((square) => kernel.factor(square, sample.dimension));
    return { factors, sum: weightedSum(sample, factors) };
  });
}

type Scaled = ReturnType<typeof scaled>;

/**
 * Sums a kernel over pairs from float32 products. Their rounding is taken out to first order: Σ c over
 * all pairs is known exactly from the sums of rows, and the sums are moved by the kernel's slope times
 * the difference. What is left is the rounding of terms of second order, 1e-9 of a KID of 1e-6.
 */
export class KernelVisitor implements Visitor {
  readonly #rows: Float64Array;
  readonly #columns: Float64Array;
  readonly #x: Scaled;
  readonly #y: Scaled;
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

  visit({ i, j, rows, columns, tile, isDiagonal }: ProductBlock): void {
    const { kernel, addresses, buffer } = tile;
    const [products, left, right, rowSums, columnSums] = addresses;
    const factors = (address: number, { factors }: Scaled, first: number, count: number) =>
      new Float64Array(buffer, address, count).set(factors.subarray(first, first + count));
    factors(left, this.#x, i, rows);
    factors(right, this.#y, j, columns);
    const ofRows = new Float64Array(buffer, rowSums, rows);
    ofRows.set(this.#rows.subarray(i, i + rows));
    // A block of a sample with itself has one array of sums.
    const ofColumns = isDiagonal ? ofRows : new Float64Array(buffer, columnSums, columns);
    if (!isDiagonal) ofColumns.set(this.#columns.subarray(j, j + columns));
    new Float64Array(buffer, kernel.COEFFICIENTS.value, DEGREE).set(this.kernel.coefficients);
    const isCubic = this.kernel.coefficients.every((each, at) => at < 3 || each === 0);
    kernel.addKernelSums(
      products,
      rows,
      columns,
      left,
      right,
      rowSums,
      isDiagonal ? rowSums : columnSums,
      isDiagonal,
      isCubic,
    );
    this.#rows.set(ofRows, i);
    this.#columns.set(ofColumns, j);
    const [total, squared] = new Float64Array(buffer, kernel.TOTALS.value, 2);
    // Within a sample each pair counts for both of its rows.
    this.#squares += this.#isWithin ? 2 * squared! : squared!;
    this.#products += this.#isWithin ? 2 * total! : total!;
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
