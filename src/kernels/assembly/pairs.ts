// What a pass over pairs of rows does with a block of their products.

export { closeColumns } from './_close-columns';
export { addKernelSums, COEFFICIENTS, TOTALS } from './_kernel-sums';
