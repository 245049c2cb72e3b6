import { describe, expect, it } from 'vitest';
import { foldBatchNorm } from '../../src/models/batch-norm.ts';

describe('foldBatchNorm', () => {
  const weights = Float32Array.of(1, -2, 3, 0.5, 4, -1); // 2 outputs, 3 inputs, 1 × 1
  const norm = {
    mean: Float32Array.of(0.5, -1),
    variance: Float32Array.of(4, 0.25),
    beta: Float32Array.of(0.1, -0.2),
    epsilon: 1e-3,
  };
  const x = [0.3, -0.7, 2];
  const dot = (row: Float32Array) => row.reduce((sum, weight, i) => sum + weight * x[i]!, 0);

  it.each([undefined, Float32Array.of(2, -3)])(
    'equals convolving and then normalising',
    (gamma) => {
      const folded = foldBatchNorm(weights, [2, 3, 1, 1], { ...norm, ...(gamma && { gamma }) });
      for (const channel of [0, 1]) {
        const row = (from: Float32Array) => from.subarray(channel * 3, channel * 3 + 3);
        const { mean, variance, beta, epsilon } = norm;
        const centred = dot(row(weights)) - mean[channel]!;
        const unit = centred / Math.sqrt(variance[channel]! + epsilon);
        const expected = unit * (gamma?.[channel] ?? 1) + beta[channel]!;
        const actual = dot(row(folded.weights)) + folded.bias[channel]!;
        expect(Math.abs(actual - expected)).toBeLessThan(2 ** -21 * (1 + Math.abs(expected)));
      }
    },
  );

  it('refuses parameters for another number of channels', () => {
    const mean = new Float32Array(3);
    expect(() => foldBatchNorm(weights, [2, 3, 1, 1], { ...norm, mean })).toThrow('of 3, not 2');
  });
});
