/** The degree up to which kernels are expanded. */
export const DEGREE = 6;

/**
 * A kernel that is a power series in c = f(x) f(y) xᵀy: k = a_0 + a_1 c + … + a_6 c⁶. The constant a_0
 * cancels in every MMD, and sums of small values keep digits that sums near one would lose.
 */
export interface Kernel {
  readonly name: string;
  /** a_1 … a_6 */
  readonly coefficients: readonly [number, number, number, number, number, number];
  /** f of a row of squared length |x|² in d dimensions. */
  factor(square: number, dimension: number): number;
  /** k(x, x) − a_0, if it is the same for every x. */
  readonly ofItself?: number;
}

/** k − a_0 */
export function kernelAt({ coefficients }: Kernel, c: number): number {
  return coefficients.reduceRight((sum, coefficient) => (sum + coefficient) * c, 0);
}

/** Its derivative in c. */
export function slopeAt({ coefficients }: Kernel, c: number): number {
  return coefficients.reduceRight((sum, coefficient, i) => sum * c + (i + 1) * coefficient, 0);
}
