import { BAND, BAND_STEP, type BandSpace } from './band-space.ts';
import type { Gemm } from './gemm.ts';
import { WaitingUpdates } from './waiting-updates.ts';

/** Once this much of the matrix is left, its rows are packed together. */
const SHRINK = 0.85;

/**
 * Orthogonal reduction of a symmetric matrix to one of half-bandwidth BAND, from the last rows upwards
 * (first half of Bischof, Lang & Sun, ACM TOMS 26, 2000). BAND rows are reflected, each onto its last
 * entry within the band; applied from both sides that is A −= V Wᵀ + W Vᵀ, which is delayed for some
 * panels, as in the reduction to tridiagonal form of Dongarra, Hammarling & Sorensen (1989): a panel
 * brings its own rows, and its product A V, up to date. All of the O(n³) work is products of `gemm`;
 * those with A have only BAND columns, which onnxruntime multiplies fastest.
 *
 * The matrix lies at `space.at.matrix`, both its triangles, with finite numbers between its rows and
 * entries of at most 1; it is overwritten. The band's lower half is left at `space.at.band`.
 */
export async function reduceToBand(space: BandSpace, gemm: Gemm): Promise<void> {
  const { order, depth, at, view } = space;
  const waiting = new WaitingUpdates(space, gemm);
  let rest = order;
  let stride = space.stride;
  while (rest > BAND) {
    // 1. A group of panels.
    waiting.start(rest, stride);
    for (let panel = 0; 2 * BAND * panel < depth && rest > BAND; panel++) {
      rest -= BAND;
      await waiting.bringUpToDate(rest);
      waiting.reflect(rest);
      keepBand(space, stride, rest, rest + BAND);
      await waiting.add(rest);
    }
    // 2. The rest of the matrix.
    await waiting.apply(rest);
    if (rest + 8 < SHRINK * stride) {
      const a = view(at.matrix, rest * stride);
      for (let i = 1; i < rest; i++) {
        a.copyWithin(i * (rest + 8), i * stride, i * stride + rest);
      }
      stride = rest + 8;
    }
  }
  keepBand(space, stride, 0, rest);
}

/** Copies rows that are done to the band. */
function keepBand({ at, view }: BandSpace, stride: number, from: number, to: number): void {
  const a = view(at.matrix, to * stride);
  const band = view(at.band, (to + 1) * (BAND_STEP + 1));
  for (let i = from; i < to; i++) {
    const first = Math.max(0, i - BAND);
    band.set(a.subarray(i * stride + first, i * stride + i + 1), i * BAND_STEP + first);
  }
}
