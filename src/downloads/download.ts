import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EnvHttpProxyAgent } from 'undici';
import { StudyError } from '../errors.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { takeLock } from '../provenance/lock.ts';
import { Break, continueDownload, type Part } from './download-part.ts';
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
}

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
    discard: () => rm(partPath(sha256), { force: true }),
  };
}

function partPath(sha256: string): string {
  return cacheFolder('downloads', sha256);
}

async function fetchUnderLock(
  { what, urls, bytes, sha256 }: DownloadOptions,
  byHand: string,
  onBytes: (done: number, total: number) => void,
): Promise<Uint8Array> {
  const path = partPath(sha256);
  const release = await takeLock(`${path}.lock`, {
    what: `${what} are being downloaded`,
    mend: 'wait for it, then run this again',
  });
  const dispatcher = new EnvHttpProxyAgent({
    headersTimeout: 60_000,
    bodyTimeout: 60_000,
    connect: { timeout: 20_000 },
  });
  const problems: string[] = [];
  try {
    for (const url of urls) {
      try {
        return await fetchFrom({ url, path, bytes, dispatcher, onBytes }, sha256);
      } catch (error) {
        if (!(error instanceof Break)) throw error;
        problems.push(`${url}: ${error.message}`);
      }
    }
  } finally {
    await dispatcher.destroy();
    await release();
  }
  throw new StudyError(`cannot download ${what}: ${problems.join('; ')}`, byHand);
}

/** @throws Break where this address cannot give the file */
async function fetchFrom(part: Part, sha256: string): Promise<Uint8Array> {
  let best = 0;
  let last = 'it breaks off again and again';
  for (let tries = 0; tries < maxTries; tries += 1) {
    const { before, after, problem } = await continueDownload(part);
    if (problem !== undefined) {
      // What comes on, if in pieces, is worth asking for again; silence is not.
      if (after <= best) throw new Break(problem);
      best = after;
      await sleep(200);
      continue;
    }
    const content = await readFile(part.path);
    const actual = createHash('sha256').update(content).digest('hex');
    if (actual === sha256) return content;
    await rm(part.path, { force: true });
    last = `the file has the sha256 ${actual}, not ${sha256}`;
    // A part from before may have been wrong: then once more, all of it from here.
    if (before === 0) break;
  }
  throw new Break(last);
}
