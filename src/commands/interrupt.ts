import { Interruption } from '../errors.ts';

/**
 * Runs work that can be interrupted and resumed. Ctrl-C (or a TERM signal) aborts the work's signal and
 * prints at once what the command still waits for; a second Ctrl-C ends the process, even if a
 * computation blocks the thread. The exit code is then 130, as in shells, even if the work had finished
 * by then.
 * @param kept what the same command resumes from; null if it starts from the beginning
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
    kept === null ? 'interrupted' : `interrupted; ${kept}: run the same command again to resume`,
  );
  process.exitCode = 130;
  return undefined;
}
