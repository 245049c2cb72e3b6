/**
 * Runs work that can be interrupted and resumed: Ctrl-C (or a TERM signal) aborts the signal that it
 * is given; a second one ends the process at once, as without this. The exit code is then 130, as
 * shells have it.
 * @param kept what the same command goes on from; null if it starts from the beginning
 * @returns undefined when it was interrupted
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  kept: `${string} ${'is' | 'are'} kept` | null = 'what was extracted is kept',
): Promise<Result | undefined> {
  const controller = new AbortController();
  const interrupted = new Error('interrupted');
  const stop = () => {
    release();
    controller.abort(interrupted);
  };
  const release = () => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (error !== interrupted) throw error;
    console.error(
      kept === null ? 'interrupted' : `interrupted; ${kept}: run the same command again to go on`,
    );
    process.exitCode = 130;
    return undefined;
  } finally {
    release();
  }
}
