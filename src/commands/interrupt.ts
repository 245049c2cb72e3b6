import { Interruption } from '../errors.ts';

/**
 * Runs work that can be interrupted and resumed: Ctrl-C (or a TERM signal) aborts the signal that it
 * is given, and says at once what is still waited for; a second one ends the process, even where a
 * computation holds the thread. The exit code is then 130, as shells have it, also where the work
 * had come to its end by then.
 * @param kept what the same command goes on from; null if it starts from the beginning
 * @returns undefined when it was interrupted
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  kept: `${string} ${'is' | 'are'} kept` | null = 'what was extracted is kept',
): Promise<Result | undefined> {
  const controller = new AbortController();
  const interruption = new Interruption();
  const stop = () => {
    release();
    controller.abort(interruption);
    const { waitsFor } = interruption;
    const after = waitsFor.length > 0 ? ` after ${waitsFor.join(' and ')}` : '';
    // A progress bar has left the cursor in its line.
    const start = process.stderr.isTTY ? '\n' : '';
    console.error(`${start}stopping${after}; Ctrl-C again stops now`);
  };
  const release = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const result = await work(controller.signal);
    if (!controller.signal.aborted) return result;
  } catch (error) {
    if (error !== interruption) throw error;
  } finally {
    release();
  }
  console.error(
    kept === null ? 'interrupted' : `interrupted; ${kept}: run the same command again to go on`,
  );
  process.exitCode = 130;
  return undefined;
}
