import { exp } from '../../kernels/elementary.ts';
import type { Kernel } from './kernel.ts';

/** KID's (xᵀy/d + 1)³ = 1 + 3c + 3c² + c³ with c = xᵀy/d (Bińkowski et al. 2018). */
export const polynomial: Kernel = {
  name: 'polynomial',
  coefficients: [3, 3, 1, 0, 0, 0],
  factor: (_, dimension) => 1 / Math.sqrt(dimension),
};

/** CMMD's σ, of rows of length 1. */
const SIGMA = 10;
const RATE = 1 / SIGMA ** 2;
const AT_ZERO = exp(-RATE);

/**
 * CMMD's exp(−|u − v|²/(2 σ²)) of rows divided by their length: e^(c/σ²) / e^(1/σ²) with c = uᵀv
 * (Jayasumana et al. 2024). With |c| ≤ 1 the next term is below 1e-17.
 */
export const gaussian: Kernel = {
  name: 'gaussian',
  coefficients: [
    AT_ZERO * RATE,
    (AT_ZERO * RATE ** 2) / 2,
    (AT_ZERO * RATE ** 2 * RATE) / 6,
    (AT_ZERO * RATE ** 2 * RATE ** 2) / 24,
    (AT_ZERO * RATE ** 2 * RATE ** 2 * RATE) / 120,
    (AT_ZERO * RATE ** 2 * RATE ** 2 * RATE ** 2) / 720,
  ],
  factor: (square) => 1 / Math.sqrt(square),
  ofItself: 1 - AT_ZERO,
};
