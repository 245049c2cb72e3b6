import { addMoments, kernelAlong } from './influence-moments.ts';
import { Z95 } from './normal.ts';
import { kernelPowers } from './second-order-kernel.ts';
import type { SharedResults } from './shared-results.ts';

/**
 * How far up the ends of a 95 % interval of FID move, in units of FID.
 *
 * A variance V estimated from the rows that gave the estimate θ̂ errs with it: rows that make θ̂ too
 * small make V too small as well, and the interval misses the truth above it. By FID as a V-statistic
 * (docs/theory.md, section 4), with Q = E ψ(x) h(x, y) ψ(y), N² Cov(V̂, θ̂) = 4 Q and the third cumulant
 * of N² θ̂ is 6 Q, beside E ψ³ in both. The Cornish–Fisher expansion of (θ̂ − θ)/√V̂ then moves both ends
 * (Hall 1992, The Bootstrap and Edgeworth Expansion, section 3.4) by
 *
 *   z²/2 · 4 Q/V − (z² − 1)/6 · 6 Q/V = (z² + 1) Q/V.
 *
 * E ψ³ is left out: of heavy tails its estimate is that of one row. V and Q are those of the influences
 * as they are, noise of the sample's own T included: at P = Q there is nothing else, and the two go
 * together. Over the surrogates of the bake-off Cov(V̂, θ̂)/V is so predicted to a third or better.
 */
export function intervalShift(shared: SharedResults): number {
  const { resolvent, rows, referenceRows, ofGenerated, ofReference, variance } = shared;
  const inverse = referenceRows === null ? 0 : 1 / referenceRows;
  if (!ofGenerated) {
    // Of statistics alone: influences that lie in the kernel as the noise of T does.
    const { second, fourth } = kernelPowers(resolvent.roots);
    return FACTOR * Math.sqrt(fourth / second || 0) * (1 / rows + inverse);
  }
  const generated = { along: ofGenerated.along, influence: ofGenerated.influence };
  if (ofReference) {
    const both = addMoments(generated.along, ofReference.along, -rows * inverse);
    const influence = generated.influence + rows * inverse * ofReference.influence;
    return shiftOf(kernelAlong(resolvent.roots, both), influence, rows);
  }
  // Of a reference of which only statistics are known the variance is taken to err in the same way.
  const unseen = (rows * inverse * variance.reference) / generated.influence || 0;
  const { along, influence } = generated;
  return (1 + unseen) * shiftOf(kernelAlong(resolvent.roots, along), influence, rows);
}

/** How an estimate of V errs with FID, the reference as it is: V is that of its influences. */
export interface InfluenceSkew {
  /** (z² + 1) Q/N² */
  readonly along: number;
  /** Variance of the influences over N. */
  readonly variance: number;
}

/** Of a set's own images. Those of the difference of independent sets are the difference and the sum. */
export function influenceSkew({ resolvent, rows, ofGenerated }: SharedResults): InfluenceSkew {
  if (!ofGenerated) return { along: 0, variance: 0 };
  const along = (FACTOR * kernelAlong(resolvent.roots, ofGenerated.along)) / rows ** 2;
  return { along, variance: ofGenerated.influence / rows };
}

/** z² + 1 */
const FACTOR = Z95 ** 2 + 1;

/** @param influence V N, the variance of the influences behind it */
function shiftOf(along: number, influence: number, rows: number): number {
  return influence > 0 ? (FACTOR * along) / influence / rows : 0;
}

/** How far the ends of a 95 % interval are from its estimate. */
export interface Ends {
  readonly below: number;
  readonly above: number;
}

/**
 * Ends z SE − shift/2 below and z SE + shift above the estimate, to the order that the shift is of, and
 * so that neither crosses it. Upwards V grows along its tangent. Downwards it falls to what it is at
 * P = Q: a parabola, whose chord to its vertex has half the slope of the tangent.
 */
export function shiftedEnds(se: number, shift: number): Ends {
  const [up, down] = shift < 0 ? [shift / 2, shift] : [shift, shift / 2];
  return {
    below: Math.hypot(Z95 * se, down) - down,
    above: Math.hypot(Z95 * se, up) + up,
  };
}
