import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeHash } from '../../src/provenance/code-hash.ts';
import { environment } from '../../src/provenance/environment.ts';
import { openSteps } from '../../src/studies/steps.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
let round = 0;
const fresh = () => join(folder, `steps-${round++}`);

describe('steps', () => {
  it('are computed once, also by a later run', async () => {
    const at = fresh();
    const first = await openSteps(at);
    let calls = 0;
    const compute = async () => ({ value: 0.1 + 0.2, call: ++calls });
    const value = await first.do({ a: 1 }, compute);
    expect(await first.do({ a: 1 }, compute)).toEqual(value);
    expect((await first.do({ a: 2 }, compute)).call).toBe(2);
    const second = await openSteps(at);
    expect(await second.do({ a: 1 }, compute)).toEqual({ value: 0.1 + 0.2, call: 1 });
    expect((await second.do({ a: 3 }, compute)).call).toBe(3);
    expect((await (await openSteps(at)).do({ a: 2 }, compute)).call).toBe(2);
  });

  it('do not keep what failed', async () => {
    const steps = await openSteps(fresh());
    const failing = steps.do('x', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await steps.do('x', async () => 5)).toBe(5);
  });

  it('are computed again if a line is torn or changed, for other code or libraries, or on restart', async () => {
    const at = fresh();
    const path = join(at, 'steps.jsonl');
    const steps = await openSteps(at);
    await steps.do('a', async () => 1);
    await steps.do('b', async () => 2);
    const text = readFileSync(path, 'utf8');

    appendFileSync(path, '{"step":"torn');
    const torn = await openSteps(at);
    expect([await torn.do('a', async () => 9), await torn.do('c', async () => 3)]).toEqual([1, 3]);
    expect(await (await openSteps(at)).do('c', async () => 9)).toBe(3);

    writeFileSync(path, text.replace('"value":2', '"value":7'));
    expect(await (await openSteps(at)).do('b', async () => 9)).toBe(9);

    for (const [known, other] of [
      [codeHash(), '0'.repeat(64)],
      [environment().libraries['onnxruntime-node']!, '0.0.0'],
    ] as const) {
      expect(text.split('\n')[0]).toContain(known);
      writeFileSync(path, text.replace(known, other));
      expect(await (await openSteps(at)).do('a', async () => 9)).toBe(9);
    }

    writeFileSync(path, text);
    expect(await (await openSteps(at, true)).do('a', async () => 9)).toBe(9);
  });
});
