import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sealLine } from '../../src/provenance/sealed-journal.ts';
import { serveResults, type View } from '../../src/view/server.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { resultsOf } from '../results/read.ts';

const outside = temporaryFolder();
const root = join(outside, 'results');
let view: View;

beforeAll(async () => {
  mkdirSync(join(root, 'sets'), { recursive: true });
  for (const name of ['cifar10-cfm', 'practice']) {
    cpSync(resultsOf(name), join(root, name), { recursive: true });
  }
  writeFileSync(join(outside, 'secret.csv'), 'a\n1\n');
  symlinkSync(join(outside, 'secret.csv'), join(root, 'link.csv'));
  symlinkSync(outside, join(root, 'out'));
  writeFileSync(join(root, 'evil.html'), '<script>alert(1)</script>');
  view = await serveResults(root, 0);
});
afterAll(() => view.close());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Asks for a path as it is written, dots included. */
function ask(path: string, options: { host?: string; method?: string } = {}): Promise<Answer> {
  const { hostname, port, host } = new URL(view.url);
  return new Promise((resolve, reject) => {
    request(
      {
        hostname,
        port,
        path,
        method: options.method ?? 'GET',
        headers: { host: options.host ?? host },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      },
    )
      .on('error', reject)
      .end();
  });
}
const at = (path: string) => new URL(view.url).pathname + path;

describe('study view', () => {
  it('listens on this machine only, and answers nobody without the token', async () => {
    expect(view.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{24}\/$/);
    for (const path of ['/', '/report?of=practice', `${at('').slice(0, -2)}x/`]) {
      expect((await ask(path)).status).toBe(403);
    }
    expect((await ask(at(''))).status).toBe(200);
  });

  it('answers no page that reaches it by another name', async () => {
    const { port } = new URL(view.url);
    expect((await ask(at(''), { host: `localhost:${port}` })).status).toBe(200);
    for (const host of [`evil.example:${port}`, 'evil.example', '127.0.0.1', `[::1]:${port}`]) {
      expect((await ask(at(''), { host })).status).toBe(421);
    }
  });

  it('only reads', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      expect((await ask(at(''), { method })).status).toBe(405);
    }
  });

  it('lists the results with their answers, and not what a link leads to', async () => {
    const { text, headers } = await ask(at(''));
    expect(text).toContain('report?of=cifar10-cfm');
    expect(text).toContain('at 5,000 images this FID is 5.3 too high');
    expect(text).toContain('5,000 to 50,000');
    expect(text).not.toContain('of=out');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
  });

  it('shows the report of a result, made from its files, with a policy', async () => {
    const { text, headers } = await ask(at('report?of=practice'));
    expect(text).toContain('<a href="./">All results</a>');
    expect(text).toContain('<svg');
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect((await ask(at('report?of=nothing'))).status).toBe(404);
  });

  it('serves tables and charts as they are, and no page of someone else’s', async () => {
    const csv = await ask(at('files/practice/practice.csv'));
    expect(csv.text).toBe(readFileSync(join(root, 'practice', 'practice.csv'), 'utf8'));
    expect(csv.headers['content-security-policy']).toBe("default-src 'none'; sandbox");
    expect(csv.headers['x-content-type-options']).toBe('nosniff');
    expect((await ask(at('files/evil.html'))).status).toBe(404);
  });

  it.each([
    'files/../secret.csv',
    'files/%2e%2e/secret.csv',
    'files/..%2fsecret.csv',
    'files/practice/../../secret.csv',
    'files/link.csv',
    'files/out/secret.csv',
    'files//etc/hostname.csv',
    'files/%00.csv',
    'report?of=..',
    'report?of=out',
    'report?of=%2Fetc',
    'follow.json?of=../..',
  ])('lets nobody out of the folder by %s', async (path) => {
    const { status, text } = await ask(at(path));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('a\n1');
  });

  it('puts two results side by side, with what differs and what it can do', async () => {
    const { text } = await ask(at('compare?of=cifar10-cfm&of=practice'));
    expect(text).toContain('What differs');
    expect(text).toContain('makes the two FIDs incomparable');
    expect(text.match(/<figure/g)!.length).toBeGreaterThanOrEqual(4);
    expect((await ask(at('compare?of=practice&of=practice'))).text).toContain('Nothing: the two');
    expect((await ask(at('compare?of=practice'))).text).toContain('exactly two');
  });

  it('follows a sweep under way, draw by draw', async () => {
    const folder = join(root, 'under-way');
    mkdirSync(folder);
    const header = JSON.stringify({ format: 'fid-study draws 2' });
    const draw = (seed: number, size: number, distance: number) =>
      `${sealLine({ seed, size, terms: { distance } }, header)}\n`;
    writeFileSync(join(folder, 'draws.jsonl'), `${header}\n`);
    const state = async () => JSON.parse((await ask(at('follow.json?of=under-way'))).text);
    expect(await state()).toMatchObject({ draws: 0, svg: '', isFinished: false });
    appendFileSync(join(folder, 'draws.jsonl'), draw(1, 5000, 9.5) + draw(2, 5000, 9.7));
    appendFileSync(join(folder, 'draws.jsonl'), `${draw(1, 50_000, 5.1)}{"hash":"torn`);
    const { draws, text, svg } = await state();
    expect(draws).toBe(3);
    expect(text).toBe('3 draws: 2 at 5,000, 1 at 50,000');
    expect(svg).toContain('data-tip="N: 50,000; FID: 5.1;');
    expect((await ask(at(''))).text).toContain('follow?of=under-way');
    expect((await ask(at('follow?of=under-way'))).text).toContain('follow.json?of=under-way');
    expect((await ask(at('follow?of=practice'))).status).toBe(302);
  });
});

it('a port that is taken is named', async () => {
  const { port } = new URL(view.url);
  await expect(serveResults(root, Number(port))).rejects.toThrow(`port ${port} cannot be used`);
});
