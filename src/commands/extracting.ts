import type { ExtractionOptions } from '../embeddings/options.ts';
import type { OpenOptions } from '../sides/open.ts';
import { imageOptions, type SideFlags } from './image-flags.ts';
import { interruptible } from './interrupt.ts';
import { showProgress } from './progress.ts';

/**
 * Runs work that may extract images, with a progress line for each pass, until Ctrl-C.
 *
 * @param flags of the command; those for images are passed on
 * @returns undefined when it was interrupted
 */
export function extracting<Result>(
  flags: SideFlags,
  work: (options: OpenOptions & { readonly signal: AbortSignal }) => Promise<Result>,
): Promise<Result | undefined> {
  const progress = showExtraction();
  return interruptible(async (signal) => {
    try {
      const { entry } = flags;
      return await work({
        ...imageOptions(flags),
        entry,
        signal,
        onProgress: progress.onProgress,
      });
    } finally {
      progress.stop();
    }
  });
}

/** Progress lines of an extraction on stderr: one for hashing, one for the network. */
export function showExtraction(): Required<Pick<ExtractionOptions, 'onProgress'>> & {
  stop(): void;
} {
  const hashing = showProgress('reading', 'images');
  const extracting = showProgress('extracting', 'images');
  return {
    onProgress({ phase, done, total, skipped }) {
      if (phase === 'hashing') {
        extracting.stop();
        hashing.update(done, total);
      } else {
        hashing.stop();
        extracting.update(done, total, skipped > 0 ? `${skipped} skipped` : '');
      }
    },
    stop() {
      hashing.stop();
      extracting.stop();
    },
  };
}
