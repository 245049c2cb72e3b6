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
  /** The first one and its mirrors: each is tried until one gives the right file. */
  readonly urls: readonly [string, ...string[]];
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** The command that takes a copy, for the hint. */
  readonly command: string;
  /**
   * Milliseconds before an address that gave nothing more is asked again, and again: by default
   * about as long as a connection takes to come back.
   */
  readonly delays?: readonly number[];
}

const patience = [500, 2000, 5000];

/** So often one address is asked, as long as it goes on to give more bytes. */
const maxTries = 20;

/**
 * A file on the web as a model's source. A break is resumed, by this process or by the next one;
 * proxies are those of `HTTPS_PROXY` and `NO_PROXY`. The file is of use to nobody before its length
 * and sha256 are right.
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
    hint: 'wait for it, then run this again',
  });
}

async function fetchUnderLock(
  options: DownloadOptions,
  byHand: string,
  onBytes: (done: number, total: number) => void,
): Promise<Uint8Array> {
  const held = await lock(options);
  try {
    const dispatcher = proxyAgent();
    try {
      return await fetchFromAny(options, byHand, { dispatcher, onBytes });
    } finally {
      await dispatcher.destroy();
    }
  } finally {
    await held.release();
  }
}

/** Another process may be downloading the same file: what it has is then its own to discard. */
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
      ? `${size} of ${bytes} bytes have arrived and are kept: the same command goes on from there; or `
      : '';
  throw new StudyError(`cannot download ${what}: ${problems.join('; ')}`, kept + byHand);
}

/** @throws Break where this address cannot give the file */
async function fetchFrom(
  part: Part,
  sha256: string,
  delays: readonly number[],
): Promise<Uint8Array> {
  let most = 0;
  let silences = 0;
  let last = 'it breaks off again and again';
  for (let tries = 0; tries < maxTries; tries += 1) {
    const { before, after, problem } = await continueDownload(part);
    const content = problem === undefined ? await readPart(part.path) : undefined;
    if (!content) {
      // What comes on, if in pieces, is worth asking for again; silence is so a few times only.
      if (problem !== undefined && after > most) silences = 0;
      else if (silences++ >= delays.length) throw new Break(problem ?? 'what it gave was removed');
      most = Math.max(most, after);
      await sleep(delays[Math.max(0, silences - 1)] ?? 0);
      continue;
    }
    const actual = sha256Of(content);
    if (actual === sha256) return content;
    await rm(part.path, { force: true });
    last = `the file has the sha256 ${actual}, not ${sha256}`;
    // A part from before may have been wrong: then once more, all of it from here.
    if (before === 0) break;
  }
  throw new Break(last);
}

/** The whole file; undefined where somebody removed it meanwhile. */
async function readPart(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw diskError(error, path);
  }
}
