import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, relative, sep } from 'node:path';
import sirv from 'sirv';
import { reportPolicy } from '../charts/report/assets.ts';
import { reportOfFolder } from '../charts/report/folder.ts';
import { StudyError } from '../errors.ts';
import { comparePage } from './compare-page.ts';
import { followPage, soFar } from './follow.ts';
import { listPage } from './list-page.ts';
import { manifestIn, resultsBelow } from './listing.ts';
import { type Page, page } from './page.ts';
import { within } from './within.ts';

/** A page server of one folder. */
export interface View {
  /** With the token, which is the first part of every path. */
  readonly url: string;
  close(): Promise<void>;
}

/** Files that are served as they are; a page of someone else's is not among them. */
const SERVED = new Set(['.csv', '.json', '.tex', '.svg', '.png']);

const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/**
 * Serves the results below a folder on 127.0.0.1. It only reads; a request must name the address itself
 * (a page elsewhere cannot reach it by a name of its own) and the token.
 *
 * @param port 0 takes a free one
 * @throws StudyError if the port is taken
 */
export async function serveResults(root: string, port: number): Promise<View> {
  const token = randomBytes(18).toString('base64url');
  const files = sirv(root, { dev: true, dotfiles: false, etag: false });
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      const known = error instanceof StudyError ? `${error.message}\n${error.hint}` : undefined;
      if (known === undefined) console.error(error);
      if (!response.headersSent) refuse(response, 500, known ?? 'this page cannot be made');
    });
  });
  await listening(server, port);
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isNamed = [address, address.replace('127.0.0.1', 'localhost')].includes(
      request.headers.host ?? '',
    );
    if (!isNamed) return refuse(response, 421, 'this address is for 127.0.0.1 only');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return refuse(response, 405, 'this server only reads');
    }
    const url = new URL(request.url ?? '/', `http://${address}`);
    // Browsers ask for it by themselves, without the token.
    if (url.pathname === '/favicon.ico') {
      response.writeHead(204, COMMON).end();
      return;
    }
    const [, first = '', ...rest] = url.pathname.split('/');
    if (!isEqual(first, token)) return refuse(response, 403, 'the address lacks its token');
    if (rest.length === 0) return redirect(response, `/${token}/`);
    const [place = '', ...path] = rest;
    if (place === 'files') return file(request, response, path.join('/'));
    const found = await pageOf(place, url.searchParams.getAll('of'));
    if (!found) return refuse(response, 404, 'there is no such result');
    if ('json' in found) return send(response, 'application/json', JSON.stringify(found.json));
    if ('to' in found) return redirect(response, found.to);
    send(response, 'text/html; charset=utf-8', found.html, found.policy);
  }

  type Found = Page | { readonly json: unknown } | { readonly to: string };

  async function pageOf(place: string, of: readonly string[]): Promise<Found | undefined> {
    if (place === '') return listPage(root, await resultsBelow(root));
    const folders = await Promise.all(of.map((each) => within(root, each)));
    const [folder, other] = folders;
    if (place === 'compare' && of.length !== 2) {
      const text = 'Tick exactly two results in the list.';
      return page(
        'Side by side',
        [{ text: 'All results', href: './' }],
        `<h1>Side by side</h1><p>${text}</p>`,
      );
    }
    if (folder === undefined) return undefined;
    const manifest = await manifestIn(folder);
    const query = `of=${encodeURIComponent(of[0]!)}`;
    if (place === 'follow') return manifest ? { to: `report?${query}` } : followPage(of[0]!);
    if (place === 'follow.json') {
      return { json: { ...(await soFar(folder)), isFinished: manifest !== undefined } };
    }
    if (!manifest) return undefined;
    if (place === 'report') {
      const href = `files/${of[0]!.split('/').filter(Boolean).map(encodeURIComponent).join('/')}/`;
      const nav = [{ text: 'All results', href: './' }];
      return {
        html: await reportOfFolder(folder, folder, { nav, files: href }),
        policy: reportPolicy(),
      };
    }
    if (place === 'compare' && other !== undefined) {
      const second = await manifestIn(other);
      if (!second) return undefined;
      return comparePage(
        { path: of[0]!, folder, manifest },
        { path: of[1]!, folder: other, manifest: second },
      );
    }
    return undefined;
  }

  async function file(request: IncomingMessage, response: ServerResponse, path: string) {
    const name = decodeURIComponent(path);
    const found = SERVED.has(extname(name)) ? await within(root, name) : undefined;
    if (found === undefined) return refuse(response, 404, 'there is no such file');
    for (const [header, value] of Object.entries(COMMON)) response.setHeader(header, value);
    response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
    const real = relative(await within(root, '').then((each) => each!), found);
    request.url = `/${real.split(sep).map(encodeURIComponent).join('/')}`;
    files(request, response, () => refuse(response, 404, 'there is no such file'));
  }

  return {
    url: `http://${address}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new StudyError(
          `port ${port} cannot be used: ${error.message}`,
          'give another --port, or leave it out',
        ),
      );
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}

function send(response: ServerResponse, type: string, text: string, policy = "default-src 'none'") {
  response.writeHead(200, {
    ...COMMON,
    'Content-Type': type,
    'Content-Security-Policy': policy,
    'X-Frame-Options': 'DENY',
  });
  response.end(text);
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(302, { ...COMMON, Location: to });
  response.end();
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    ...COMMON,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'",
  });
  response.end(`${text}\n`);
}

/** Compares in constant time, so that a token cannot be guessed byte by byte. */
function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
