/** The largest dimension of which a covariance is read or made: 512 MiB of it. */
export const largestDimension = 8192;
