import { fstatSync, fsyncSync, writeSync } from 'node:fs';
import { errorCode } from '../errors.ts';

const FAILED = 1;
type Output = NodeJS.WriteStream & { readonly fd: number };

let isLost = false;

/**
 * Sees to it that what is printed arrives, or that the process ends with 1 and says so: console.log
 * swallows errors, and a file on a disk that fills up is cut short without one. A reader that has
 * gone, as `head` has, wants no more: the command goes on in silence and ends as it would have.
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

/** To be called at the end: some file systems tell only then that a disk is full. */
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

/** Node writes once, and takes it for done where a disk took a part of it. */
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
