import { availableParallelism, totalmem } from 'node:os';

/**
 * Bytes that a worker needs at most, beside what all share: matrices of d × d (sums, covariance, its
 * congruence, the band of an eigenvalue problem, or the rows of a draw and their Gram matrix), blocks
 * of rows, and a heap. 300 MB at d = 2048; docs/limits.md has the parts.
 */
export function workerBytes(dimension: number): number {
  return 7 * 8 * dimension ** 2 + 12 * 1024 * dimension + 40e6;
}

/**
 * One worker for each core, as far as they fit into half of the memory that is available: the rest is
 * for the files they read, which the system caches, and for other programs.
 */
export function defaultWorkers(dimension: number): number {
  return Math.max(
    1,
    Math.min(availableParallelism(), Math.floor(availableBytes() / 2 / workerBytes(dimension))),
  );
}

/** Within the limits of a container, too. macOS counts what it has cached as taken. */
function availableBytes(): number {
  return process.platform === 'darwin' ? totalmem() / 2 : process.availableMemory();
}
