import { type Instance, KERNEL_BASE, keepKernel, takeKernel } from '../../kernels/shared.ts';

interface PairsKernel {
  TOTALS: WebAssembly.Global<'i32'>;
  COEFFICIENTS: WebAssembly.Global<'i32'>;
  closeColumns(
    products: number,
    first: number,
    columns: number,
    row: number,
    ofRows: number,
    column: number,
    ofColumns: number,
    hits: number,
  ): number;
  addKernelSums(
    products: number,
    rows: number,
    columns: number,
    left: number,
    right: number,
    ofRows: number,
    ofColumns: number,
    isDiagonal: boolean,
    isCubic: boolean,
  ): void;
}

/** Values that the kernel may read beyond a row's last. */
export const PADDING = 16;

/** A block of products where the kernel of passes over pairs reads them, and room for its other operands. */
export class Tile {
  /** [rows, columns] */
  readonly products: Float32Array;
  readonly kernel: PairsKernel;
  /** Addresses of the products, and of four arrays of numbers, one a row or column and 16 more. */
  readonly addresses: readonly [number, number, number, number, number];
  readonly #instance: Instance<PairsKernel>;

  /** @param rows and columns of the largest block */
  constructor(rows: number, columns: number) {
    const area = 8 * Math.ceil((rows * columns + PADDING) / 2);
    const row = 8 * (Math.max(rows, columns) + PADDING);
    const at = (count: number) => KERNEL_BASE + area + count * row;
    this.#instance = takeKernel<PairsKernel>('pairs', at(4));
    const { exports, memory } = this.#instance;
    this.kernel = exports;
    this.addresses = [KERNEL_BASE, at(0), at(1), at(2), at(3)];
    this.products = new Float32Array(memory.buffer, KERNEL_BASE, rows * columns);
  }

  get buffer(): ArrayBuffer {
    return this.#instance.memory.buffer;
  }

  /** Leaves the memory to the next pass. */
  close(): void {
    keepKernel('pairs', this.#instance);
  }
}
