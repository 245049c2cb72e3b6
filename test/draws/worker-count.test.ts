import { availableParallelism } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultWorkers, workerBytes } from '../../src/draws/worker-count.ts';

afterEach(() => vi.restoreAllMocks());

function withMemory(bytes: number): void {
  vi.spyOn(process, 'availableMemory').mockReturnValue(bytes);
}

describe('defaultWorkers', () => {
  it.skipIf(process.platform === 'darwin')('are one a core, as far as memory allows', () => {
    const cores = availableParallelism();
    withMemory(1e15);
    expect(defaultWorkers(2048)).toBe(cores);
    withMemory(2.1 * workerBytes(2048));
    expect(defaultWorkers(2048)).toBe(1);
    withMemory(0);
    expect(defaultWorkers(2048)).toBe(1);
    for (let workers = 1; workers < cores; workers++) {
      withMemory(2.1 * workers * workerBytes(2048));
      expect(defaultWorkers(2048)).toBe(workers);
    }
  });
});
