import type { TakeOptions } from '../downloads/source.ts';
import { showProgress } from './progress.ts';

/** Runs a pull and reports its steps and the download's progress on stderr. */
export async function withPullProgress<Result>(
  name: string,
  pull: (told: Required<Pick<TakeOptions, 'onStep' | 'onBytes'>>) => Promise<Result>,
): Promise<Result> {
  const progress = showProgress('downloading', 'MB');
  try {
    return await pull({
      onStep(step) {
        progress.stop();
        console.error(`${name}: ${step}`);
      },
      onBytes: (done, total) => progress.update(Math.round(done / 1e6), Math.round(total / 1e6)),
    });
  } finally {
    progress.stop();
  }
}
