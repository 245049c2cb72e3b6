/**
 * An error that the user can fix: a bad path, a bad flag, a damaged file. The message is lower
 * case and carries the offending value; the hint says how to fix it. The CLI prints both without a
 * stack trace and exits with 2; any other error is ours, prints in full and exits with 1.
 */
export class StudyError extends Error {
  override readonly name = 'StudyError';

  constructor(
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Node's error code (`ENOENT`, `ENOSPC`, …) of anything thrown, or undefined. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;
}

/**
 * The reason of a signal that the user aborted. Who finishes something first, and can say what, adds it
 * while the signal is aborted.
 */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  /** `the 96 images under way` */
  readonly waitsFor: string[] = [];

  constructor() {
    super('interrupted');
  }
}
