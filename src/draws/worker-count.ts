import { availableParallelism, totalmem } from 'node:os';

/**
 * Most bytes that a worker needs, without what all share: matrices of d × d (sums, covariance, its
 * congruence, the band of an eigenvalue problem, or the rows of a draw and their Gram matrix), blocks
 * of rows, and a heap. 300 MB at d = 2048; docs/limits.md has the parts.
 */
export function workerBytes(dimension: number): number {
  return 7 * 8 * dimension ** 2 + 12 * 1024 * dimension + 40e6;
}

/**
 * One worker per core, as many as fit into half of the available memory. The other half is for the
 * system's cache of the files they read, and for other programs.
 *
 * @param more bytes that each needs besides
 */
export function defaultWorkers(dimension: number, more = 0): number {
  return Math.max(
    1,
    Math.min(
      availableParallelism(),
      Math.floor(availableBytes() / 2 / (workerBytes(dimension) + more)),
    ),
  );
}

/** Respects the limits of a container. macOS counts cached files as used memory. */
export function availableBytes(): number {
  return process.platform === 'darwin' ? totalmem() / 2 : process.availableMemory();
}
