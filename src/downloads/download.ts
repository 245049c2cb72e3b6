import { readFile, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { diskError } from '../arrays/disk.ts';
import { sha256OfFile } from '../arrays/sha256.ts';
import { errorCode, StudyError } from '../errors.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { type Lock, takeLock } from '../provenance/lock.ts';
import { Break, continueDownload, type Part } from './download-part.ts';
import { proxyAgent } from './proxy.ts';
import type { Source } from './source.ts';

/** A file on the web, and what it must be. */
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
  const { what, urls, bytes, sha256 } = options;
  return {
    description: `${what} from ${urls[0]}`,
    digest: { algorithm: 'sha256', base64: Buffer.from(sha256, 'hex').toString('base64') },
    bytes,
    byHand: byHandOf(options),
    async fetch(onBytes) {
      const path = await downloadFile(options, onBytes);
      return readFile(path).catch((error) => {
        throw diskError(error, path);
      });
    },
    discard: () => discardDownload(options),
  };
}

function byHandOf({ urls: [url], sha256, command }: DownloadOptions): string {
  return `download ${url} by other means, check that its sha256 is ${sha256}, and run: ${command} --from FILE`;
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

/**
 * Downloads a file of any size into the cache folder. A verified one that is there is not fetched again.
 *
 * @param onBytes called with the progress
 * @returns its path, until `discardDownload`
 * @throws StudyError if no URL gives the file, or the disk is full
 */
export async function downloadFile(
  options: DownloadOptions,
  onBytes: (done: number, total: number) => void = () => {},
): Promise<string> {
  const held = await lock(options);
  try {
    const dispatcher = await proxyAgent();
    try {
      return await fetchFromAny(options, { dispatcher, onBytes });
    } finally {
      await dispatcher.destroy();
    }
  } finally {
    await held.release();
  }
}

/** Deletes what a download left. If another process is downloading the same file, it is left to it. */
export async function discardDownload(options: DownloadOptions): Promise<void> {
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
  options: DownloadOptions,
  through: { dispatcher: Dispatcher; onBytes: (done: number, total: number) => void },
): Promise<string> {
  const { what, urls, bytes, sha256, delays = patience } = options;
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
  throw new StudyError(`cannot download ${what}: ${problems.join('; ')}`, kept + byHandOf(options));
}

/** @throws Break if this URL cannot give the file */
async function fetchFrom(part: Part, sha256: string, delays: readonly number[]): Promise<string> {
  let most = 0;
  let silences = 0;
  let last = 'the connection keeps breaking';
  for (let tries = 0; tries < maxTries; tries += 1) {
    const { before, after, problem } = await continueDownload(part);
    const actual = problem === undefined ? await sha256OfPart(part.path) : undefined;
    if (actual === undefined) {
      // A URL that sends more each time is asked again; a silent one only a few times.
      if (problem !== undefined && after > most) silences = 0;
      else if (silences++ >= delays.length)
        throw new Break(problem ?? 'the partial file was removed');
      most = Math.max(most, after);
      await sleep(delays[Math.max(0, silences - 1)] ?? 0);
      continue;
    }
    if (actual === sha256) return part.path;
    await rm(part.path, { force: true });
    last = `the file has the sha256 ${actual}, not ${sha256}`;
    // Bytes from an earlier run may be wrong: download the whole file once more from here.
    if (before === 0) break;
  }
  throw new Break(last);
}

/** Undefined if another process removed the file meanwhile. */
async function sha256OfPart(path: string): Promise<string | undefined> {
  try {
    return await sha256OfFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw diskError(error, path);
  }
}
