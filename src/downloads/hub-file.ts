import type { Dispatcher, Response } from 'undici';
import { diskError } from '../arrays/disk.ts';
import { sha256OfFile } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { type DownloadOptions, discardDownload, downloadFile } from './download.ts';
import { reason } from './download-part.ts';
import { proxyAgent } from './proxy.ts';
import type { TakeOptions } from './source.ts';

/** A large file on the Hugging Face hub. Its digest is what the hub states when it is fetched. */
export interface HubFile {
  /** For people: `the weights of dinov2-vit-l-14`. */
  readonly what: string;
  /** `facebook/dinov2-large` */
  readonly repository: string;
  /** Its path there. */
  readonly file: string;
  /** The command that accepts a local copy, for hints. */
  readonly command: string;
  /** Another way to get the file, for hints; `''` if there is none. */
  readonly elsewhere?: string;
}

/** A file on this machine, and who says that it is the right one. */
export interface TakenFile {
  readonly path: string;
  /** Hex. */
  readonly sha256: string;
  readonly checked: Checked;
  /** Where the file was, for people. */
  readonly from: string;
  /** Deletes what a download left, once its product is stored. */
  discard(): Promise<void>;
}

/** What a file's sha256 was compared with: the hub's own, `--sha256`, or nothing. */
export const checks = ['hub', 'given', 'none'] as const;
export type Checked = (typeof checks)[number];

export interface TakeHubOptions extends TakeOptions {
  /** The sha256 that the file must have, hex. */
  readonly sha256?: string | undefined;
  /** As in `DownloadOptions`. */
  readonly delays?: readonly number[] | undefined;
}

/** Larger than any file that we take: the largest weights have 1.7 GB. */
const mostBytes = 2 ** 34;

/** The hub sends a file's own address, and a renamed repository's, by a redirect each. */
const mostRedirects = 5;

/** The hub, or the mirror that `HF_ENDPOINT` names, as for Hugging Face's own tools. */
function endpoint(): string {
  const given = process.env.HF_ENDPOINT;
  if (!given) return 'https://huggingface.co';
  if (URL.canParse(given) && /^https?:/.test(given)) return given.replace(/\/+$/, '');
  throw new StudyError(
    `HF_ENDPOINT is not an address: ${given}`,
    'set it, for example HF_ENDPOINT=https://huggingface.co, or unset it',
  );
}

/**
 * Fetches a file from the hub, or takes a local copy. The hub states the sha256 of each large file in the
 * header `X-Linked-ETag` of its redirect. The file is used only if it has that sha256 and, if one is
 * given, that of `sha256`.
 *
 * @throws StudyError if the hub is out of reach, has no such file or states no sha256 of it, and if the
 *   file is another
 */
export async function takeHubFile(file: HubFile, options: TakeHubOptions = {}): Promise<TakenFile> {
  if (options.from !== undefined) return takeLocal(file, options.from, options);
  const { sha256: wanted, onStep = () => {}, onBytes, delays } = options;
  const url = `${endpoint()}/${file.repository}/resolve/main/${file.file}`;
  onStep(`asking ${new URL(url).host} for the sha256 of ${file.repository}/${file.file}`);
  const stated = await ask(file, url);
  onStep(`${stated.bytes} bytes, sha256 ${stated.sha256} as the hub states it`);
  if (wanted !== undefined && stated.sha256 !== wanted) {
    throw new StudyError(
      `the hub has another file than --sha256 names: ${url} has the sha256 ${stated.sha256}, not ${wanted}`,
      'nothing was downloaded; check the sha256, or give a file that has it: --from FILE',
    );
  }
  const download: DownloadOptions = {
    what: file.what,
    urls: [url],
    ...stated,
    command: file.command,
    ...(delays && { delays }),
  };
  onStep(`fetching ${file.what} from ${url}`);
  const path = await downloadFile(download, onBytes);
  return {
    path,
    sha256: stated.sha256,
    checked: 'hub',
    from: url,
    discard: () => discardDownload(download),
  };
}

async function takeLocal(
  file: HubFile,
  path: string,
  { sha256: wanted, onStep = () => {} }: TakeHubOptions,
): Promise<TakenFile> {
  onStep(`reading ${path}`);
  const sha256 = await sha256OfFile(path, mostBytes).catch((error) => {
    throw diskError(error, path);
  });
  if (wanted !== undefined && sha256 !== wanted) {
    throw new StudyError(
      `${path} is not the expected file: sha256 ${sha256}, not ${wanted}`,
      `the file was not used; ${byHand(file)}`,
    );
  }
  const who = wanted === undefined ? 'compared with nothing: --sha256 pins it' : 'as --sha256 says';
  onStep(`sha256 ${sha256}, ${who}`);
  const checked = wanted === undefined ? 'none' : 'given';
  return { path, sha256, checked, from: path, discard: async () => {} };
}

/** What the hub states of a file, from the answers before it redirects to where the bytes are. */
async function ask(file: HubFile, url: string): Promise<{ sha256: string; bytes: number }> {
  const dispatcher = await proxyAgent();
  try {
    const { headers } = await answerOf(file, url, dispatcher);
    const etag = headers.get('x-linked-etag');
    // A weak or quoted tag is the same one.
    const sha256 = /^(?:W\/)?"?([0-9a-f]{64})"?$/.exec(etag ?? '')?.[1];
    if (sha256 === undefined) {
      const instead = etag === null ? 'it has no X-Linked-ETag' : `X-Linked-ETag: ${shown(etag)}`;
      throw new StudyError(
        `the hub states no sha256 of ${url}: ${instead}`,
        `nothing was downloaded, for it could not be checked; ${byHand(file)}`,
      );
    }
    const size = headers.get('x-linked-size') ?? '';
    const bytes = Number(size);
    if (!/^\d+$/.test(size) || bytes < 1 || bytes > mostBytes) {
      throw new StudyError(
        `the hub states no length of ${url}: X-Linked-Size: ${shown(size)}`,
        `nothing was downloaded; ${byHand(file)}`,
      );
    }
    return { sha256, bytes };
  } finally {
    await dispatcher.destroy();
  }
}

async function answerOf(file: HubFile, url: string, dispatcher: Dispatcher): Promise<Response> {
  const { fetch } = await import('undici');
  let at = url;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const response = await fetch(at, {
      method: 'HEAD',
      redirect: 'manual',
      headers: { 'accept-encoding': 'identity' },
      dispatcher,
    }).catch((error: unknown) => {
      throw new StudyError(
        `cannot reach the hub for ${file.what}: ${at}: ${reason(error)}`,
        `check the network, or a proxy in HTTPS_PROXY, or name a mirror in HF_ENDPOINT; or ${byHand(file)}`,
      );
    });
    const { status, headers } = response;
    const next = headers.get('location');
    const isRedirect = status >= 300 && status < 400 && next !== null;
    if (!isRedirect && status !== 200) {
      throw new StudyError(
        `the hub does not give ${file.what}: ${at}: ${`HTTP ${status} ${response.statusText}`.trim()}`,
        status === 404 && file.elsewhere ? file.elsewhere : byHand(file),
      );
    }
    // The first answer that states a sha256 is the hub's; a renamed repository sends on to that.
    if (!isRedirect || headers.has('x-linked-etag')) return response;
    if (!URL.canParse(next, at) || new URL(next, at).origin !== new URL(url).origin)
      return response;
    at = new URL(next, at).href;
  }
  throw new StudyError(`the hub redirects without end: ${url}`, byHand(file));
}

function byHand({ repository, file, command }: HubFile): string {
  return `download ${file} of ${repository} by other means, and run: ${command} --from FILE --sha256 HASH`;
}

/** A header's text as it may stand in a message. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
