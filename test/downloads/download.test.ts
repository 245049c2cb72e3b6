import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../src/downloads/download.ts';
import { StudyError } from '../../src/errors.ts';
import { withEmptyCache } from '../models/pulled.ts';
import { lockText } from '../provenance/lock-text.ts';
import { give, tunnel, webServer } from './web-server.ts';

const web = await webServer();
const proxy = await tunnel();
const file = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 31 + i) % 251);
const sha256 = createHash('sha256').update(file).digest('hex');
/** A server that nothing listens at. */
const nowhere = 'http://127.0.0.1:9/file';

const from = (...urls: [string, ...string[]]) =>
  download({
    what: 'the weights',
    urls,
    bytes: file.length,
    sha256,
    command: 'study models pull it',
    delays: [0, 0, 0],
  });
const source = (...mirrors: string[]) => from(`${web.url}/file`, ...mirrors);
const part = (cache: string) => join(cache, 'downloads', sha256);

beforeEach(() => {
  web.asked.length = 0;
  web.answer = give(file);
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
});
afterEach(() => vi.unstubAllEnvs());

/** Leaves a beginning of the file as an earlier, broken download would. */
function beginning(cache: string, bytes: Uint8Array): void {
  mkdirSync(join(cache, 'downloads'), { recursive: true });
  writeFileSync(part(cache), bytes);
}

describe('download', () => {
  it('gives the file, says how far it is, and leaves nothing once it is discarded', () =>
    withEmptyCache(async (cache) => {
      const seen: number[] = [];
      const it = source();
      expect(Buffer.from(await it.fetch((done) => seen.push(done))).equals(file)).toBe(true);
      expect(seen[0]).toBe(0);
      expect(seen.at(-1)).toBe(file.length);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      await it.discard?.();
      expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
    }));

  it('asks for what is missing where an earlier process stopped', () =>
    withEmptyCache(async (cache) => {
      beginning(cache, file.subarray(0, 100_000));
      expect(Buffer.from(await source().fetch()).equals(file)).toBe(true);
      expect(web.asked).toEqual(['/file bytes=100000-']);
    }));

  it('goes on after each break, as long as there is more each time', () =>
    withEmptyCache(async () => {
      web.answer = give(file, { limit: 120_000 });
      expect(Buffer.from(await source().fetch()).equals(file)).toBe(true);
      expect(web.asked.length).toBeGreaterThan(2);
      expect(web.asked[1]).toMatch(/^\/file bytes=[1-9]/);
    }));

  it('asks again where a connection fails or a server is busy, a few times', () =>
    withEmptyCache(async (cache) => {
      for (const status of [0, 500, 503, 429]) {
        web.asked.length = 0;
        web.answer = (request, response) => {
          const turn = web.asked.length;
          if (turn === 1) give(file, { limit: 120_000 })(request, response);
          else if (turn === 5) give(file)(request, response);
          else if (status === 0) response.destroy();
          else response.writeHead(status).end();
        };
        expect(Buffer.from(await source().fetch()).equals(file)).toBe(true);
        expect(web.asked).toHaveLength(5);
        expect(web.asked[4]).toMatch(/^\/file bytes=[1-9]/);
        rmSync(part(cache));
      }
    }));

  it('says that what has arrived is kept where a server stays silent', () =>
    withEmptyCache(async (cache) => {
      web.answer = (request, response) => {
        if (web.asked.length === 1) give(file, { limit: 120_000 })(request, response);
        else response.destroy();
      };
      const failure = await source()
        .fetch()
        .catch((error) => error);
      const { length } = readFileSync(part(cache));
      expect(length).toBeGreaterThan(0);
      expect(failure).toMatchObject({
        name: 'StudyError',
        hint: expect.stringMatching(
          new RegExp(`^${length} of 300000 bytes have arrived and are kept: run the same command`),
        ),
      });
      expect(web.asked).toHaveLength(5);
      web.answer = give(file);
      await source().fetch();
      expect(web.asked.at(-1)).toBe(`/file bytes=${length}-`);
    }));

  it('begins anew where what had arrived is removed meanwhile', () =>
    withEmptyCache(async (cache) => {
      for (const when of ['before', 'after'] as const) {
        web.asked.length = 0;
        beginning(cache, file.subarray(0, 100_000));
        web.answer = (request, response) => {
          // A file that is open can be removed: then its bytes go nowhere.
          if (web.asked.length === 1 && when === 'before') rmSync(part(cache));
          if (web.asked.length > 1 || when === 'before') return give(file)(request, response);
          const rest = file.subarray(100_000);
          const range = `bytes 100000-${file.length - 1}/${file.length}`;
          response.writeHead(206, { 'content-length': rest.length, 'content-range': range });
          response.write(rest.subarray(0, 1000));
          setTimeout(() => {
            rmSync(part(cache));
            response.end(rest.subarray(1000));
          }, 50);
        };
        expect(Buffer.from(await source().fetch()).equals(file)).toBe(true);
        expect(web.asked).toEqual(['/file bytes=100000-', '/file']);
        rmSync(part(cache));
      }
    }));

  it('begins anew where a server gives no parts', () =>
    withEmptyCache(async (cache) => {
      web.answer = give(file, { ranges: false });
      beginning(cache, file.subarray(0, 100_000));
      expect(Buffer.from(await source().fetch()).equals(file)).toBe(true);
    }));

  it('fetches nothing where the whole file is there already', () =>
    withEmptyCache(async (cache) => {
      beginning(cache, file);
      expect(Buffer.from(await source().fetch()).equals(file)).toBe(true);
      expect(web.asked).toEqual([]);
    }));

  it('begins anew where what was there does not lead to the right file', () =>
    withEmptyCache(async (cache) => {
      for (const wrong of [new Uint8Array(100_000), new Uint8Array(file.length + 1)]) {
        beginning(cache, wrong);
        expect(Buffer.from(await source().fetch()).equals(file)).toBe(true);
      }
    }));

  it('takes the mirror where the first address fails, and goes on with what that gave', () =>
    withEmptyCache(async () => {
      web.answer = (request, response) => {
        const failing = request.url === '/file';
        if (failing && request.headers.range) response.writeHead(503).end();
        else give(file, failing ? { limit: 120_000 } : {})(request, response);
      };
      const content = await source(`${web.url}/mirror`).fetch();
      expect(Buffer.from(content).equals(file)).toBe(true);
      expect(web.asked.at(-1)).toMatch(/^\/mirror bytes=[1-9]/);
    }));

  it('names every address with its reason, the sha256 and --from where none gives the file', () =>
    withEmptyCache(async (cache) => {
      web.answer = (_, response) => response.writeHead(404, 'Not Found').end('no');
      await expect(source(nowhere).fetch()).rejects.toMatchObject({
        name: 'StudyError',
        message: expect.stringMatching(
          /^cannot download the weights: http:\S+\/file: HTTP 404 Not Found; http:\S+:9\/file: .+/,
        ),
        hint: expect.stringMatching(
          new RegExp(`${web.url}/file .*${sha256}.*study models pull it --from FILE`),
        ),
      });
      expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
    }));

  it('refuses a wrong file, keeps nothing of it, and takes the mirror', () =>
    withEmptyCache(async (cache) => {
      const wrong = file.toReversed();
      web.answer = give(wrong);
      await expect(source().fetch()).rejects.toThrow(`not ${sha256}`);
      expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
      web.answer = (request, response) =>
        give(request.url === '/file' ? wrong : file)(request, response);
      const content = await source(`${web.url}/mirror`).fetch();
      expect(Buffer.from(content).equals(file)).toBe(true);
    }));

  it.each([
    ['a page instead of the file', give(Buffer.from('<html>')), 'has 6 bytes, not 300000'],
    ['a file that is too long', give(new Uint8Array(300_001)), 'has 300001 bytes, not 300000'],
    [
      'an endless file',
      (_: unknown, response: { write(bytes: Uint8Array, next: () => void): void }) => {
        const more = () => response.write(new Uint8Array(100_000), more);
        more();
      },
      'longer than 300000 bytes',
    ],
    [
      'another part than was asked for',
      (_: unknown, response: { writeHead(code: number, headers: object): { end(): void } }) => {
        response.writeHead(206, { 'content-range': 'bytes 0-9/10' }).end();
      },
      'the server sent bytes 0-9/10',
    ],
  ] as [string, typeof web.answer, string][])('refuses %s', (_, answer, message) =>
    withEmptyCache(async (cache) => {
      web.answer = answer;
      beginning(cache, new Uint8Array(0));
      await expect(source().fetch()).rejects.toThrow(StudyError);
      await expect(source().fetch()).rejects.toThrow(message);
    }),
  );

  it('goes through the proxy of the environment, and not where NO_PROXY says so', () =>
    withEmptyCache(async () => {
      vi.stubEnv('HTTP_PROXY', proxy.url);
      await source().fetch();
      expect(proxy.connected).toEqual([web.url.replace('http://', '')]);
      await source().discard?.();
      vi.stubEnv('NO_PROXY', '127.0.0.1');
      await source().fetch();
      expect(proxy.connected).toHaveLength(1);
    }));

  it('tunnels to https through HTTPS_PROXY, with or without a scheme', () =>
    withEmptyCache(async () => {
      const address = web.url.replace('http://', '');
      for (const value of [proxy.url, proxy.url.replace('http://', '')]) {
        proxy.connected.length = 0;
        vi.stubEnv('HTTPS_PROXY', value);
        // The server behind it speaks no TLS: that it was asked for is all that there is to see.
        await expect(from(`https://${address}/file`).fetch()).rejects.toThrow('cannot download');
        expect(proxy.connected).toContain(address);
      }
    }));

  it.each([
    ['HTTPS_PROXY', 'http://proxy.example:port', 'http://proxy.example:port'],
    ['HTTP_PROXY', 'ftp://user:secret@proxy.example', 'ftp://…@proxy.example'],
    ['https_proxy', 'us%er:secret@proxy.example:3128', '…@proxy.example:3128'],
  ])('refuses %s=%s without its password, and leaves no lock', (name, value, shown) =>
    withEmptyCache(async (cache) => {
      vi.stubEnv(name, value);
      await expect(source().fetch()).rejects.toMatchObject({
        name: 'StudyError',
        message: `${name} is not a proxy address: ${shown}`,
        hint: `set it, for example ${name}=http://proxy.example:3128, or unset it`,
      });
      expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
    }),
  );

  it('leaves a file to the process that is downloading it', () =>
    withEmptyCache(async (cache) => {
      beginning(cache, file.subarray(0, 10));
      writeFileSync(`${part(cache)}.lock`, lockText({ pid: process.ppid }));
      await source().discard?.();
      expect(existsSync(part(cache))).toBe(true);
      await expect(source().fetch()).rejects.toThrow(
        `the weights are being downloaded by process ${process.ppid}`,
      );
      expect(web.asked).toEqual([]);
    }));
});
