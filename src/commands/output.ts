import { fstatSync, fsyncSync, writeSync } from 'node:fs';
import { errorCode } from '../errors.ts';

const FAILED = 1;
type Output = NodeJS.WriteStream & { readonly fd: number };

let isLost = false;

/**
 * Makes sure that output arrives, or that the process says so and ends with 1: console.log swallows
 * errors, and a file on a full disk is cut short without one. If the reader has gone, like `head`, the
 * command continues silently and ends as usual.
 */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => lost(stream, error));
    if (isFile(stream)) stream._write = writerOf(stream);
  }
  process.on('exit', () => {
    if (isLost && !process.exitCode) process.exitCode = FAILED;
  });
}

/** Call it at the end: some file systems report a full disk only then. */
export function flushOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!isFile(stream)) continue;
    try {
      fsyncSync(stream.fd);
    } catch (error) {
      lost(stream, error);
    }
  }
}

function lost(stream: Output, error: unknown): void {
  if (isLost || errorCode(error) === 'EPIPE') return;
  isLost = true;
  if (stream === process.stderr) return;
  console.error(`study: stdout cannot be written, the output is incomplete: ${String(error)}`);
}

function isFile({ fd }: Output): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}

/** Node writes once and ignores that a full disk took only a part. */
function writerOf({ fd }: Output): NodeJS.WriteStream['_write'] {
  return (chunk, encoding, done) => {
    try {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      done();
    } catch (error) {
      done(error as Error);
    }
  };
}
