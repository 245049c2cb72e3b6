import { BAND, type BandSpace } from './band-space.ts';
import type { Gemm } from './gemm.ts';

/** Columns of the matrix updated by one product. */
const WIDTH = 128;

/**
 * The updates A −= V Wᵀ + W Vᵀ of some panels of a reduction to a band, before they are applied. V and
 * W of a panel, BAND reflectors each, are contiguous, and are kept both by rows and by
 * columns: onnxruntime multiplies a long matrix by a narrow one quickly, and only along its rows.
 */
export class WaitingUpdates {
  #count = 0;
  /** From row to row of A and of what waits by rows, as numbers. */
  #stride = 0;

  constructor(
    private readonly space: BandSpace,
    private readonly gemm: Gemm,
  ) {}

  /** Starts over, for the leading `rest` rows of a matrix whose rows are `stride` apart. */
  start(rest: number, stride: number): void {
    const { depth, view, at } = this.space;
    this.#stride = stride;
    this.#count = 0;
    // Beyond a reflector's end, and where nothing waits, there are zeros.
    view(at.rows, depth * stride).fill(0);
    view(at.columns, depth * rest).fill(0);
  }

  /** Applies what waits to the BAND rows from row c on, up to their diagonal block. */
  async bringUpToDate(c: number): Promise<void> {
    if (this.#count === 0) return;
    const { kernel, depth, view, at } = this.space;
    const columns = view(at.columns + 8 * c * depth, BAND * depth);
    const narrow = view(at.narrow, depth * BAND);
    for (let k = 0, to = 0; k < depth; k++) {
      const partner = partnerOf(k);
      for (let q = 0; q < BAND; q++) narrow[to++] = columns[q * depth + partner]!;
    }
    await this.#multiplyNarrow(c + BAND, at.product);
    const rows = at.matrix + 8 * c * this.#stride;
    kernel.subtractTransposed(BAND, c + BAND, at.product, rows, 8 * this.#stride);
  }

  /** Reflects the BAND rows from row c on: W is still to come. */
  reflect(c: number): void {
    const { kernel, at } = this.space;
    const rows = at.matrix + 8 * c * this.#stride;
    kernel.reflectBandRows(c, rows, 8 * this.#stride, this.#panel(), at.taus);
  }

  /** Forms W of the rows just reflected, with A V brought up to date: one more update waits. */
  async add(c: number): Promise<void> {
    const { kernel, depth, view, at } = this.space;
    const [count, stride] = [this.#count, this.#stride];
    const v = { data: view(this.#panel(), BAND * stride), rows: BAND, columns: stride };
    const a = { data: view(at.matrix, c * stride), rows: c, columns: stride };
    // X = −(A V)ᵀ behind V, from zeros on.
    const x = this.#panel() + 8 * BAND * stride;
    await this.gemm.multiply(a, v, { transposeB: true, out: view(at.product, c * BAND) });
    kernel.subtractTransposed(BAND, c, at.product, x, 8 * stride);
    if (count > 0) {
      const waiting = { data: view(at.rows, count * stride), rows: count, columns: stride };
      const out = view(at.product, count * BAND);
      await this.gemm.multiply(waiting, v, { transposeB: true, out });
      const narrow = view(at.narrow, depth * BAND).fill(0);
      for (let k = 0; k < count; k++) {
        const row = out.subarray(k * BAND, (k + 1) * BAND);
        for (let q = 0; q < BAND; q++) narrow[partnerOf(k) * BAND + q] = -row[q]!;
      }
      await this.#multiplyNarrow(c, at.product);
      kernel.subtractTransposed(BAND, c, at.product, x, 8 * stride);
    }
    kernel.formBandUpdate(c, 8 * stride, this.#panel(), at.taus, at.work);
    const to = at.columns + 8 * count;
    kernel.transposeRows(2 * BAND, c, this.#panel(), 8 * stride, to, 8 * depth);
    this.#count += 2 * BAND;
  }

  /** Applies what waits to the leading c × c part, both of its triangles. */
  async apply(c: number): Promise<void> {
    const { kernel, depth, view, at } = this.space;
    const columns = view(at.columns, c * depth);
    const swapped = view(at.swapped, c * depth);
    for (let i = 0; i < c * depth; i += 2 * BAND) {
      swapped.set(columns.subarray(i + BAND, i + 2 * BAND), i);
      swapped.set(columns.subarray(i, i + BAND), i + BAND);
    }
    for (let first = 0; first < c; first += WIDTH) {
      const width = Math.min(WIDTH, c - first);
      await this.gemm.multiply(
        { data: columns.subarray(first * depth), rows: c - first, columns: depth },
        { data: swapped.subarray(first * depth), rows: width, columns: depth },
        { transposeB: true, out: view(at.product, (c - first) * width) },
      );
      kernel.subtractMirrored(at.matrix, 8 * this.#stride, first, c, at.product, width);
    }
  }

  /** Where V of the panel under way lies. */
  #panel(): number {
    return this.space.at.rows + 8 * this.#count * this.#stride;
  }

  /** The first `rows` rows of what waits by columns, times the narrow matrix. */
  #multiplyNarrow(rows: number, to: number) {
    const { depth, view, at } = this.space;
    return this.gemm.multiply(
      { data: view(at.columns, rows * depth), rows, columns: depth },
      { data: view(at.narrow, depth * BAND), rows: depth, columns: BAND },
      { out: view(to, rows * BAND) },
    );
  }
}

/** Where the row of W lies that belongs to a row of V, and the other way round. */
function partnerOf(k: number): number {
  return k ^ BAND;
}
