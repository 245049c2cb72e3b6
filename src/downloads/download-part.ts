import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Dispatcher, Response } from 'undici';
import { diskError, writeFully } from '../arrays/disk.ts';
import { errorCode } from '../errors.ts';

/** A file being downloaded; `path` holds its first bytes. */
export interface Part {
  readonly url: string;
  readonly path: string;
  /** Of the whole file. */
  readonly bytes: number;
  readonly dispatcher: Dispatcher;
  readonly onBytes: (done: number, total: number) => void;
}

export interface Progress {
  /** Bytes kept from before; 0 if the server started over. */
  readonly before: number;
  readonly after: number;
  /** Why it ended early; undefined if the file is complete. */
  readonly problem?: string;
}

/** Retried like 5xx: a timeout, too many requests. */
const busy = [408, 429];

/** This URL cannot give the file; another may. */
export class Break extends Error {}

/**
 * Requests the missing bytes of a file and appends them.
 *
 * @returns with a `problem` if it can be resumed: the connection failed or broke, the server is busy
 * @throws Break if the answer is not part of the file; StudyError if the file cannot be written
 */
export async function continueDownload(part: Part): Promise<Progress> {
  const { path, bytes } = part;
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size === bytes) return { before: size, after: size };
  const have = size < bytes ? size : 0;
  let response: Response;
  try {
    response = await ask(part, have);
  } catch (error) {
    if (error instanceof Interrupted) return { before: have, after: have, problem: error.message };
    throw error;
  }
  const before = response.status === 206 ? have : 0;
  try {
    const file = await open(path, before > 0 ? 'r+' : 'w');
    try {
      return await append(part, file, response, before);
    } finally {
      await file.close();
    }
  } catch (error) {
    await response.body?.cancel().catch(() => {});
    if (before > 0 && errorCode(error) === 'ENOENT') {
      return { before: 0, after: 0, problem: 'the partial file was removed' };
    }
    throw diskError(error, path);
  }
}

async function append(
  { bytes, onBytes }: Part,
  file: FileHandle,
  response: Response,
  before: number,
): Promise<Progress> {
  let after = before;
  onBytes(after, bytes);
  try {
    for await (const piece of piecesOf(response)) {
      if (after + piece.length > bytes) {
        await file.truncate(0);
        throw new Break(`the file is longer than ${bytes} bytes`);
      }
      await writeFully(file, piece, after);
      after += piece.length;
      onBytes(after, bytes);
    }
  } catch (error) {
    if (error instanceof Interrupted) return { before, after, problem: error.message };
    throw error;
  }
  if (after === bytes) return { before, after };
  return { before, after, problem: `the connection ended after ${after} of ${bytes} bytes` };
}

/** An answer that starts where the partial file ends (206), or at 0 (200). */
async function ask({ url, bytes, dispatcher }: Part, have: number): Promise<Response> {
  const headers = { 'accept-encoding': 'identity', ...(have > 0 && { range: `bytes=${have}-` }) };
  const { fetch } = await import('undici');
  const response = await fetch(url, { dispatcher, headers }).catch((error: unknown) => {
    throw new Interrupted(reason(error));
  });
  try {
    const { status, statusText } = response;
    const first = status === 206 ? have : 0;
    const range = response.headers.get('content-range');
    if (status === 416) throw new Break(`the server has no bytes from ${have} on`);
    if (status !== 200 && status !== 206) {
      const answer = `HTTP ${status} ${statusText}`.trim();
      throw status >= 500 || busy.includes(status) ? new Interrupted(answer) : new Break(answer);
    }
    if (status === 206 && range !== `bytes ${have}-${bytes - 1}/${bytes}`) {
      throw new Break(`the server sent ${range}, not the bytes from ${have} to ${bytes - 1}`);
    }
    const length = response.headers.get('content-length');
    if (length !== null && Number(length) !== bytes - first) {
      throw new Break(`the file has ${Number(length) + first} bytes, not ${bytes}`);
    }
    return response;
  } catch (error) {
    await response.body?.cancel();
    throw error;
  }
}

/** The connection failed or broke, or the server is busy. */
class Interrupted extends Error {}

async function* piecesOf({ body }: Response): AsyncGenerator<Uint8Array> {
  const pieces = body?.[Symbol.asyncIterator]();
  for (;;) {
    const next = await pieces?.next().catch((error: unknown) => {
      throw new Interrupted(reason(error));
    });
    if (!next || next.done) return;
    yield next.value;
  }
}

/** `fetch` reports only the failure; the reason is in the cause. */
export function reason(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const code = errorCode(cause);
  const text = (cause instanceof Error ? cause : (error as Error)).message;
  return code && !text.includes(code) ? `${code}: ${text}` : text;
}
