import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256Of } from '../../src/arrays/sha256.ts';
import { type HubFile, takeHubFile } from '../../src/downloads/hub-file.ts';
import { StudyError } from '../../src/errors.ts';
import { withEmptyCache } from '../models/pulled.ts';
import { type Hub, hub } from './hub.ts';
import { give, webServer } from './web-server.ts';

const web = await webServer();
const file = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i * 31 + i) % 251);
const sha256 = sha256Of(file);
const address = '/us/model/resolve/main/model.safetensors';
const of: HubFile = {
  what: 'the weights of it',
  repository: 'us/model',
  file: 'model.safetensors',
  command: 'study models pull it',
  elsewhere: 'save them again',
};
const byHand =
  'download model.safetensors of us/model by other means, and run: study models pull it --from FILE --sha256 HASH';

/** Takes the file; a server that is silent is not waited for. */
const take = (options: Parameters<typeof takeHubFile>[1] = {}) =>
  takeHubFile(of, { delays: [0, 0], ...options });

/** What is refused, and that nothing of it is left. */
async function refused(cache: string, options?: Parameters<typeof takeHubFile>[1]) {
  const error = await take(options).catch((reason) => reason);
  expect(error).toBeInstanceOf(StudyError);
  const left = join(cache, 'downloads');
  expect(existsSync(left) ? readdirSync(left) : []).toEqual([]);
  return error as StudyError;
}

const answering = (as: Hub) => {
  web.answer = hub(address, file, as);
};

beforeEach(() => {
  web.asked.length = 0;
  vi.stubEnv('HF_ENDPOINT', `${web.url}/`);
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined);
    vi.stubEnv(name.toUpperCase(), undefined);
  }
  answering({});
});
afterEach(() => vi.unstubAllEnvs());

describe('takeHubFile', () => {
  it('asks for the sha256, follows the redirect to the bytes, and checks them', () =>
    withEmptyCache(async (cache) => {
      const steps: string[] = [];
      const taken = await take({ onStep: (step) => steps.push(step) });
      expect(taken).toMatchObject({ sha256, checked: 'hub', from: web.url + address });
      expect(Buffer.compare(readFileSync(taken.path), file)).toBe(0);
      expect(web.asked).toEqual([address, address, `/cdn/${sha256}`]);
      expect(steps[1]).toBe(`200000 bytes, sha256 ${sha256} as the hub states it`);
      await taken.discard();
      expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
    }));

  it('follows a renamed repository, and no redirect without end', () =>
    withEmptyCache(async (cache) => {
      const renamed = '/them/model/resolve/main/model.safetensors';
      const there = hub(renamed, file, {});
      web.answer = (request, response) => {
        if (request.url === address) response.writeHead(307, { location: renamed }).end();
        else there(request, response);
      };
      expect((await take()).sha256).toBe(sha256);
      web.answer = (_, response) => response.writeHead(307, { location: address }).end();
      rmSync(join(cache, 'downloads'), { recursive: true });
      const { message } = await refused(cache);
      expect(message).toBe(`the hub redirects without end: ${web.url}${address}`);
    }));

  it('resumes after a break, by a range', () =>
    withEmptyCache(async () => {
      answering({ limit: 120_000 });
      expect(Buffer.compare(readFileSync((await take()).path), file)).toBe(0);
      expect(web.asked.at(-1)).toMatch(/^\/cdn\/[0-9a-f]+ bytes=[1-9]\d*-$/);
    }));

  it.each([
    ['a missing ETag', { etag: null }, 'it has no X-Linked-ETag'],
    ['a broken ETag', { etag: '"d41d8cd98f"' }, String.raw`X-Linked-ETag: "\"d41d8cd98f\""`],
    ['a missing length', { size: null }, 'X-Linked-Size: ""'],
    ['a broken length', { size: '1e99' }, 'X-Linked-Size: "1e99"'],
    ['a length beyond any', { size: '99999999999999' }, 'X-Linked-Size: "99999999999999"'],
  ] as const)('downloads nothing with %s', (_, as, message) =>
    withEmptyCache(async (cache) => {
      answering(as);
      const error = await refused(cache);
      expect(error.message).toContain(`of ${web.url}${address}: ${message}`);
      expect(error.hint).toMatch(/^nothing was downloaded/);
      expect(error.hint).toContain(byHand);
      // The second is of the same server, which may be a renamed repository.
      expect(web.asked.length).toBeLessThanOrEqual(2);
    }),
  );

  it('takes a quoted and a weak ETag for what they quote', () =>
    withEmptyCache(async () => {
      for (const etag of [`"${sha256}"`, `W/"${sha256}"`]) {
        answering({ etag });
        expect((await take()).sha256).toBe(sha256);
      }
    }));

  it('uses nothing of other bytes than the hub states', () =>
    withEmptyCache(async (cache) => {
      const others = file.slice();
      others[99_999]! ^= 1;
      answering({ bytes: others });
      const error = await refused(cache);
      expect(error.message).toContain(`the file has the sha256 ${sha256Of(others)}, not ${sha256}`);
      answering({ bytes: file.subarray(1) });
      expect((await refused(cache)).message).toContain('the file has 199999 bytes, not 200000');
    }));

  it.each([404, 401, 403, 500])('says what the hub answers: %s', (status) =>
    withEmptyCache(async (cache) => {
      web.answer = (_, response) => response.writeHead(status).end();
      const error = await refused(cache);
      expect(error.message).toContain(
        `the hub does not give the weights of it: ${web.url}${address}: HTTP ${status}`,
      );
      expect(error.hint).toBe(status === 404 ? 'save them again' : byHand);
    }),
  );

  it('says where it could not be reached, and what else there is', () =>
    withEmptyCache(async (cache) => {
      vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:2');
      const error = await refused(cache);
      expect(error.message).toMatch(
        /^cannot reach the hub for the weights of it: http:\/\/127\.0\.0\.1:2\/.*ECONNREFUSED/,
      );
      expect(error.hint).toContain(
        'name a mirror in HF_ENDPOINT; or download model.safetensors of',
      );
      vi.stubEnv('HF_ENDPOINT', 'huggingface');
      expect((await refused(cache)).message).toBe('HF_ENDPOINT is not an address: huggingface');
    }));

  it('downloads nothing where --sha256 names another file', () =>
    withEmptyCache(async (cache) => {
      const wanted = 'ab'.repeat(32);
      const error = await refused(cache, { sha256: wanted });
      expect(error.message).toContain(`has the sha256 ${sha256}, not ${wanted}`);
      expect(web.asked).toHaveLength(1);
      expect((await take({ sha256 })).checked).toBe('hub');
    }));

  it('takes a local copy without asking, and says what it was compared with', () =>
    withEmptyCache(async (cache) => {
      const from = join(cache, 'mine.safetensors');
      writeFileSync(from, file);
      const steps: string[] = [];
      const onStep = (step: string) => steps.push(step);
      expect(await take({ from, onStep })).toMatchObject({ path: from, sha256, checked: 'none' });
      expect(steps.at(-1)).toBe(`sha256 ${sha256}, compared with nothing: --sha256 pins it`);
      expect(await take({ from, sha256, onStep })).toMatchObject({ checked: 'given' });
      expect(steps.at(-1)).toBe(`sha256 ${sha256}, as --sha256 says`);
      const error = await refused(cache, { from, sha256: 'cd'.repeat(32) });
      expect(error.message).toContain(
        `mine.safetensors is not the expected file: sha256 ${sha256}`,
      );
      expect(error.hint).toContain('the file was not used');
      expect((await refused(cache, { from: 'no.safetensors' })).message).toContain('no such file');
      await (await take({ from })).discard();
      expect(existsSync(from)).toBe(true);
      expect(web.asked).toEqual([]);
    }));
});

// The bytes come from another address than the statement.
it('asks only the hub for the sha256', () =>
  withEmptyCache(async () => {
    const elsewhere = await webServer();
    elsewhere.answer = give(file);
    const asHub = hub(address, file, { location: `${elsewhere.url}/bytes` });
    web.answer = (request: IncomingMessage, response: ServerResponse) => asHub(request, response);
    expect((await take()).sha256).toBe(sha256);
    expect(elsewhere.asked).toEqual(['/bytes']);
  }));
