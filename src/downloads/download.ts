import { readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { diskError } from '../arrays/disk.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { errorCode, StudyError } from '../errors.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { type Lock, takeLock } from '../provenance/lock.ts';
import { Break, continueDownload, type Part } from './download-part.ts';
import { proxyAgent } from './proxy.ts';
import type { Source } from './source.ts';

export interface DownloadOptions {
  /** For people: `the FID Inception's weights`. */
  readonly what: string;
  /** The original and its mirrors, tried in order until one gives the right file. */
  readonly urls: readonly [string, ...string[]];
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** The command that accepts a local copy, for the hint. */
  readonly command: string;
  /**
   * Milliseconds to wait before each retry of a URL that sent nothing more; by default about the time
   * that a connection takes to come back.
   */
  readonly delays?: readonly number[];
}

const patience = [500, 2000, 5000];

/** Most requests to one URL, as long as each brings more bytes. */
const maxTries = 20;

/**
 * A file on the web as a model's source. This process or the next one resumes a broken download.
 * Proxies come from `HTTPS_PROXY` and `NO_PROXY`. Nothing uses the file before its length and sha256
 * are verified.
 */
export function download(options: DownloadOptions): Source {
  const { what, urls, bytes, sha256, command } = options;
  const byHand = `download ${urls[0]} by other means, check that its sha256 is ${sha256}, and run: ${command} --from FILE`;
  return {
    description: `${what} from ${urls[0]}`,
    digest: { algorithm: 'sha256', base64: Buffer.from(sha256, 'hex').toString('base64') },
    bytes,
    byHand,
    fetch: (onBytes = () => {}) => fetchUnderLock(options, byHand, onBytes),
    discard: () => discardUnderLock(options),
  };
}

function partPath(sha256: string): string {
  return cacheFolder('downloads', sha256);
}

function lock({ what, sha256 }: DownloadOptions): Promise<Lock> {
  return takeLock(`${partPath(sha256)}.lock`, {
    what: `${what} are being downloaded`,
    hint: 'wait for it, then run the command again',
  });
}

async function fetchUnderLock(
  options: DownloadOptions,
  byHand: string,
  onBytes: (done: number, total: number) => void,
): Promise<Uint8Array> {
  const held = await lock(options);
  try {
    const dispatcher = await proxyAgent();
    try {
      return await fetchFromAny(options, byHand, { dispatcher, onBytes });
    } finally {
      await dispatcher.destroy();
    }
  } finally {
    await held.release();
  }
}

/** If another process is downloading the same file, the partial file is left to it. */
async function discardUnderLock(options: DownloadOptions): Promise<void> {
  const held = await lock(options).catch((error) => {
    if (error instanceof StudyError) return undefined;
    throw error;
  });
  if (!held) return;
  try {
    await rm(partPath(options.sha256), { force: true });
  } finally {
    await held.release();
  }
}

async function fetchFromAny(
  { what, urls, bytes, sha256, delays = patience }: DownloadOptions,
  byHand: string,
  through: { dispatcher: Dispatcher; onBytes: (done: number, total: number) => void },
): Promise<Uint8Array> {
  const path = partPath(sha256);
  const problems: string[] = [];
  for (const url of urls) {
    try {
      return await fetchFrom({ url, path, bytes, ...through }, sha256, delays);
    } catch (error) {
      if (!(error instanceof Break)) throw error;
      problems.push(`${url}: ${error.message}`);
    }
  }
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  const kept =
    size > 0 && size < bytes
      ? `${size} of ${bytes} bytes have arrived and are kept: run the same command to resume, or `
      : '';
  throw new StudyError(`cannot download ${what}: ${problems.join('; ')}`, kept + byHand);
}

/** @throws Break if this URL cannot give the file */
async function fetchFrom(
  part: Part,
  sha256: string,
  delays: readonly number[],
): Promise<Uint8Array> {
  let most = 0;
  let silences = 0;
  let last = 'the connection keeps breaking';
  for (let tries = 0; tries < maxTries; tries += 1) {
    const { before, after, problem } = await continueDownload(part);
    const content = problem === undefined ? await readPart(part.path) : undefined;
    if (!content) {
      // A URL that sends more each time is asked again; a silent one only a few times.
      if (problem !== undefined && after > most) silences = 0;
      else if (silences++ >= delays.length)
        throw new Break(problem ?? 'the partial file was removed');
      most = Math.max(most, after);
      await sleep(delays[Math.max(0, silences - 1)] ?? 0);
      continue;
    }
    const actual = sha256Of(content);
    if (actual === sha256) return content;
    await rm(part.path, { force: true });
    last = `the file has the sha256 ${actual}, not ${sha256}`;
    // Bytes from an earlier run may be wrong: download the whole file once more from here.
    if (before === 0) break;
  }
  throw new Break(last);
}

/** The whole file; undefined if another process removed it meanwhile. */
async function readPart(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw diskError(error, path);
  }
}
