import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll } from 'vitest';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on 127.0.0.1 for one test file, whose answers the test sets. */
export async function webServer(): Promise<{ url: string; asked: string[]; answer: Handler }> {
  const web = { url: '', asked: [] as string[], answer: (() => {}) as Handler };
  const server = createServer((request, response) => {
    web.asked.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    web.answer(request, response);
  });
  web.url = `http://127.0.0.1:${await listen(server)}`;
  return web;
}

/** A proxy that tunnels to wherever it is asked to, and keeps the addresses. */
export async function tunnel(): Promise<{ url: string; connected: string[] }> {
  const connected: string[] = [];
  const server = createServer();
  server.on('connect', ({ url = '' }: IncomingMessage, client) => {
    connected.push(url);
    const [host = '', port = ''] = url.split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [upstream, client]) {
      socket.on('error', () => {
        upstream.destroy();
        client.destroy();
      });
    }
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, connected };
}

/** Gives a file, or what of it a Range asks for; `limit` breaks off after so many bytes. */
export function give(file: Uint8Array, { ranges = true, limit = Number.POSITIVE_INFINITY } = {}) {
  return ({ headers }: IncomingMessage, response: ServerResponse): void => {
    const start = ranges ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
    const part = file.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': part.length,
      ...(start > 0 && { 'content-range': `bytes ${start}-${file.length - 1}/${file.length}` }),
    });
    if (part.length <= limit) response.end(part);
    else {
      // What a stream holds when it fails is lost: the client needs time to take what has arrived,
      // and a turn of the loop, which is its own too, where the machine was slow.
      const breakOff = () => setTimeout(() => setImmediate(() => response.destroy()), 100);
      response.write(part.subarray(0, limit), breakOff);
    }
  };
}

function listen(server: Server): Promise<number> {
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
