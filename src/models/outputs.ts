/** Arrays that a network can give besides its features, and those themselves. */
export const outputNames = ['pool', 'logits', 'spatial'] as const;
export type OutputName = (typeof outputNames)[number];

/** One of the arrays that lie side by side in the rows of a network with several outputs. */
export interface NetworkOutput {
  readonly name: OutputName;
  /** Numbers per image. */
  readonly columns: number;
}

/**
 * What the FID Inception gives in one run, in the order of its rows: pooled features, logits without
 * their bias, as ADM's evaluator and torch-fidelity take them for the Inception Score, and the first 7
 * channels of 17 × 17 of TensorFlow's mixed_6, row by row of the image, for sFID.
 */
export const fidOutputs: readonly NetworkOutput[] = [
  { name: 'pool', columns: 2048 },
  { name: 'logits', columns: 1008 },
  { name: 'spatial', columns: 17 * 17 * 7 },
];

/** Numbers per image of all of them. */
export const fidOutputColumns = fidOutputs.reduce((sum, { columns }) => sum + columns, 0);
