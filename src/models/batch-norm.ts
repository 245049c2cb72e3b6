/** A convolution's weights [out, in, height, width] with a bias for each output channel. */
export interface Filter {
  readonly weights: Float32Array;
  readonly dims: readonly [out: number, inputs: number, height: number, width: number];
  readonly bias: Float32Array;
}

/** Batch normalisation at inference: y = (x − mean) / √(variance + epsilon) · gamma + beta. */
export interface BatchNorm {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
  readonly beta: Float32Array;
  /** Left out for 1. */
  readonly gamma?: Float32Array;
  readonly epsilon: number;
}

/**
 * Folds the normalisation that follows a convolution without bias into that convolution: the weights
 * are multiplied by s = gamma / √(variance + epsilon) and the bias becomes beta − mean · s. Computed
 * in double, rounded once.
 */
export function foldBatchNorm(
  weights: Float32Array,
  dims: Filter['dims'],
  { mean, variance, beta, gamma, epsilon }: BatchNorm,
): Filter {
  const channels = dims[0];
  for (const each of [mean, variance, beta, gamma ?? mean]) {
    if (each.length !== channels) throw new Error(`batch norm of ${each.length}, not ${channels}`);
  }
  const size = weights.length / channels;
  const folded = new Float32Array(weights.length);
  const bias = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel += 1) {
    const scale = (gamma?.[channel] ?? 1) / Math.sqrt(variance[channel]! + epsilon);
    bias[channel] = beta[channel]! - mean[channel]! * scale;
    for (let i = channel * size; i < (channel + 1) * size; i += 1) folded[i] = weights[i]! * scale;
  }
  return { weights: folded, dims, bias };
}
