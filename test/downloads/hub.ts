import type { IncomingMessage, ServerResponse } from 'node:http';
import { sha256Of } from '../../src/arrays/sha256.ts';
import { give } from './web-server.ts';

/** How a server that behaves as the Hugging Face hub differs from it. */
export interface Hub {
  /** Default: the sha256 of the file; null leaves it out. */
  readonly etag?: string | null;
  readonly size?: string | null;
  /** What it sends; default: the file. */
  readonly bytes?: Uint8Array;
  /** Bytes after which each connection breaks. */
  readonly limit?: number;
  /** Where the bytes are; default: a path of the same server. */
  readonly location?: string;
}

/**
 * Answers as the hub does: the file's own address states its sha256 and length and redirects to where
 * the bytes are, which take a Range.
 */
export function hub(address: string, file: Uint8Array, as: Hub) {
  const sha256 = sha256Of(file);
  const { etag = sha256, size = String(file.length), bytes = file, limit } = as;
  const { location = `/cdn/${sha256}` } = as;
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url === location) {
      give(bytes, limit === undefined ? {} : { limit })(request, response);
      return;
    }
    if (request.url !== address) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(302, {
      location,
      'x-repo-commit': 'c0ffee',
      ...(etag !== null && { 'x-linked-etag': etag }),
      ...(size !== null && { 'x-linked-size': size }),
    });
    response.end();
  };
}
