import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Frees what nothing refers to. V8 puts that off while its own heap is small, however
 * large the matrices are that hang on it.
 */
export function collectGarbage(): void {
  try {
    // Node gives the function only to those who ask for it at its start, or in this way.
    setFlagsFromString('--expose-gc');
    runInNewContext('gc')();
  } catch {
    // Where it cannot be had, memory is freed later.
  }
}
