import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Runs the garbage collector. V8 delays it while its own heap is small, however large the matrices
 * outside of it are.
 */
export function collectGarbage(): void {
  try {
    // Node exposes the function only by a flag at its start, or in this way.
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
  } catch {
    // Without it, memory is freed later.
  }
}
