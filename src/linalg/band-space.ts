import { type Instance, KERNEL_BASE, keepKernel, takeKernel } from '../kernels/shared.ts';
import type { TridiagonalKernel } from './eigenvalues.ts';

/** Half-bandwidth of the band, and reflectors a panel: the kernel's. */
export const BAND = 16;
/** Panels before the rest of the matrix is updated. */
const PANELS = 12;
/** Columns of the largest product, see `WaitingUpdates`. */
const WIDTH = 128;
/** Numbers from one row of the band to the next: entry (i, j) lies at i · BAND_STEP + j. */
export const BAND_STEP = 24;
/** The same in the chase's own copy of it, and its zero rows. */
const CHASE_STEP = 49;
const CHASE_ROWS = 64;

interface Kernel extends TridiagonalKernel {
  reflectBandRows(c: number, rows: number, stride: number, v: number, taus: number): void;
  formBandUpdate(c: number, stride: number, v: number, taus: number, work: number): void;
  chaseBulges(n: number, a: number, stride: number, d: number, e: number, work: number): void;
  transposeRows(
    rows: number,
    columns: number,
    from: number,
    step: number,
    to: number,
    stride: number,
  ): void;
  subtractTransposed(
    count: number,
    length: number,
    terms: number,
    rows: number,
    stride: number,
  ): void;
  subtractMirrored(
    a: number,
    stride: number,
    first: number,
    c: number,
    terms: number,
    width: number,
  ): void;
}

/**
 * A kernel with its own memory for a reduction to a band and what follows. Products are asynchronous:
 * other calls run between them, and so none may share it.
 */
export interface BandSpace {
  readonly kernel: Kernel;
  readonly memory: WebAssembly.Memory;
  /** Order of the matrix, a multiple of 4, and numbers from row to row. */
  readonly order: number;
  readonly stride: number;
  /** Most reflectors, and vectors W, that wait. */
  readonly depth: number;
  /** Where things lie, in bytes. */
  readonly at: Readonly<Record<Place, number>>;
  /** `count` numbers at an address. */
  view(at: number, count: number): Float64Array;
}

type Place =
  | 'matrix' // [order, stride]
  | 'rows' // [depth, stride]
  | 'columns' // [order, depth]
  | 'swapped' // [order, depth]
  | 'product' // [order, WIDTH]
  | 'narrow' // [depth, BAND]
  | 'taus' // [BAND]
  | 'work'
  | 'band' // [order + 1, BAND_STEP + 1]
  | 'd' // [stride]
  | 'e'; // [stride]

/** Space for a matrix of `order` rows. Give it back with `releaseSpace`. */
export function takeSpace(order: number): BandSpace {
  // Not a power of two, or rows would share cache sets.
  const stride = order + 8;
  const depth = 2 * BAND * PANELS;
  const sizes: Record<Place, number> = {
    matrix: order * stride,
    rows: depth * stride,
    columns: depth * order,
    swapped: depth * order,
    product: order * WIDTH,
    narrow: depth * BAND,
    taus: BAND,
    work: Math.max(3 * BAND * stride + 2048, CHASE_STEP * (order + CHASE_ROWS)),
    band: (order + 1) * (BAND_STEP + 1),
    d: stride,
    e: stride,
  };
  const at = {} as Record<Place, number>;
  let end = KERNEL_BASE;
  for (const place of Object.keys(sizes) as Place[]) {
    at[place] = end;
    end += 8 * sizes[place];
  }
  const { exports: kernel, memory }: Instance<Kernel> = takeKernel('eigenvalues', end);
  const view = (from: number, count: number) => new Float64Array(memory.buffer, from, count);
  return { kernel, memory, order, stride, depth, at, view };
}

export function releaseSpace({ kernel, memory }: BandSpace): void {
  keepKernel('eigenvalues', { exports: kernel, memory });
}
