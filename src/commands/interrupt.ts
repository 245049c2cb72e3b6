/**
 * Runs a work that can be broken off and gone on with later: Ctrl-C (or a TERM signal) aborts the
 * signal it is given, a second one ends the process at once, as without this. The exit code is then
 * 130, as shells have it.
 * @param message what to say when it was interrupted
 * @returns undefined when it was interrupted
 */
export async function interruptible<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  message: string,
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
    console.error(message);
    process.exitCode = 130;
    return undefined;
  } finally {
    release();
  }
}
