import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { download } from '../../src/downloads/download.ts';
import { StudyError } from '../../src/errors.ts';
import { withEmptyCache } from '../models/pulled.ts';
import { give, tunnel, webServer } from './web-server.ts';

const web = await webServer();
const proxy = await tunnel();
const file = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 31 + i) % 251);
const sha256 = createHash('sha256').update(file).digest('hex');
/** A server that nothing listens at. */
const nowhere = 'http://127.0.0.1:9/file';

const source = (...urls: string[]) =>
  download({
    what: 'the weights',
    urls: [`${web.url}/file`, ...urls],
    bytes: file.length,
    sha256,
    command: 'study models pull it',
  });
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
      'it gave bytes 0-9/10',
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

  it('leaves a file to the process that is downloading it', () =>
    withEmptyCache(async (cache) => {
      beginning(cache, file.subarray(0, 10));
      const holder = { pid: process.ppid, host: hostname(), id: 'other' };
      writeFileSync(`${part(cache)}.lock`, JSON.stringify(holder));
      await expect(source().fetch()).rejects.toThrow(
        `the weights are being downloaded by process ${process.ppid}`,
      );
      expect(web.asked).toEqual([]);
    }));
});
