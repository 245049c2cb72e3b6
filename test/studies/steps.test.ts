import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { functionsProbe, roundingProbe } from '../../src/linalg/probe.ts';
import { codeHash } from '../../src/provenance/code-hash.ts';
import { environment } from '../../src/provenance/environment.ts';
import { openSteps } from '../../src/studies/steps.ts';
import { flips } from '../arrays/flips.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
let round = 0;
const fresh = () => join(folder, `steps-${round++}`);

/** Values of some steps as a run finds them: 9 where it computed one. */
async function run(at: string, names: readonly string[], restart = false): Promise<unknown[]> {
  const steps = openSteps(at, restart);
  const values: unknown[] = [];
  try {
    for (const name of names) values.push(await steps.do(name, async (): Promise<unknown> => 9));
    return values;
  } finally {
    await steps.close();
  }
}

async function write(at: string, values: Readonly<Record<string, unknown>>): Promise<void> {
  const steps = openSteps(at);
  for (const [name, value] of Object.entries(values)) await steps.do(name, async () => value);
  await steps.close();
}

describe('steps', () => {
  it('are computed once, also by a later run', async () => {
    const at = fresh();
    const first = openSteps(at);
    let calls = 0;
    const compute = async () => ({ value: 0.1 + 0.2, call: ++calls });
    const value = await first.do({ a: 1 }, compute);
    expect(await first.do({ a: 1 }, compute)).toEqual(value);
    expect((await first.do({ a: 2 }, compute)).call).toBe(2);
    await first.close();
    const second = openSteps(at);
    expect(await second.do({ a: 1 }, compute)).toEqual({ value: 0.1 + 0.2, call: 1 });
    expect((await second.do({ a: 3 }, compute)).call).toBe(3);
    await second.close();
    const third = openSteps(at);
    expect((await third.do({ a: 2 }, compute)).call).toBe(2);
    await third.close();
    expect(readdirSync(at)).toEqual(['steps.jsonl']);
  });

  it('do not keep what failed', async () => {
    const steps = openSteps(fresh());
    const failing = steps.do('x', () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await steps.do('x', async () => 5)).toBe(5);
    await steps.close();
  });

  it('do not keep a refusal, which the next run may not meet', async () => {
    const at = fresh();
    const refusing = [
      { key: 'a', compute: async () => ({ refusal: 'no compiler' }) },
      { key: 'b', compute: async () => 2 as unknown },
    ];
    const first = openSteps(at);
    expect(await first.all(refusing)).toEqual([{ refusal: 'no compiler' }, 2]);
    await first.close();
    expect(await run(at, ['a', 'b'])).toEqual([9, 2]);
  });

  it('are computed again if a line is torn or changed, for other code or libraries, or on restart', async () => {
    const at = fresh();
    const path = join(at, 'steps.jsonl');
    await write(at, { a: 1, b: 2 });
    const text = readFileSync(path, 'utf8');

    appendFileSync(path, '{"step":"torn');
    expect(await run(at, ['a', 'c'])).toEqual([1, 9]);
    await write(at, { c: 3 });
    expect(await run(at, ['c'])).toEqual([9]);

    for (const [known, other] of [
      [codeHash(), '0'.repeat(64)],
      [environment().libraries['onnxruntime-node']!, '0.0.0'],
    ] as const) {
      expect(text.split('\n')[0]).toContain(known);
      writeFileSync(path, text.replace(known, other));
      expect(await run(at, ['a'])).toEqual([9]);
    }
    expect(readdirSync(at)).toEqual(['steps.jsonl']);

    writeFileSync(path, text);
    expect(await run(at, ['a'], true)).toEqual([9]);
  });

  it('of a machine that rounds otherwise are set aside, and taken up by it again', async () => {
    for (const known of [await roundingProbe(), functionsProbe()]) {
      const at = fresh();
      const path = join(at, 'steps.jsonl');
      await write(at, { a: 1 });
      const other = readFileSync(path, 'utf8').replace(known, 'f'.repeat(64));
      writeFileSync(path, other);
      expect(await run(at, ['a'])).toEqual([9]);
      const [aside] = readdirSync(at).filter((name) => name !== 'steps.jsonl');
      expect(aside).toMatch(/^steps-[0-9a-f]{8}\.jsonl$/);
      expect(readFileSync(join(at, aside!), 'utf8')).toBe(other);
    }
  });

  it('have no bit whose change gives another value', async () => {
    const at = fresh();
    const path = join(at, 'steps.jsonl');
    const values = { a: 0.1234567890123456, b: { text: 'words', list: [1, 2, 1e300] } };
    await write(at, values);
    const whole = readFileSync(path);
    let again = 0;
    for (const changed of flips(whole, 211)) {
      writeFileSync(path, changed);
      const found = await run(at, ['a', 'b']);
      for (const [i, value] of Object.values(values).entries()) {
        if (found[i] === 9) again++;
        else expect(found[i]).toEqual(value);
      }
    }
    expect(again).toBeGreaterThan(12);
  });

  it('are not lost where four processes start in one folder: one has it, and the others are told', async () => {
    const at = fresh();
    const module = new URL('../../dist/studies/steps.js', import.meta.url).href;
    const script = join(folder, 'run.mjs');
    writeFileSync(
      script,
      `import { openSteps } from '${module}';
      process.once('message', async (name) => {
        const steps = openSteps(${JSON.stringify(at)});
        const said = await steps.do(name, async () => 1).then(() => 'done', (error) => error.message);
        process.send([name, said]);
        process.once('message', async () => { await steps.close(); process.exit(); });
      });
      process.send('ready');`,
    );
    const children = Array.from({ length: 4 }, () => fork(script));
    type Said = [name: string, said: string];
    const heard = (): Promise<Said[]> =>
      Promise.all(
        children.map(
          (child) => new Promise<Said>((resolve) => child.once('message', resolve as never)),
        ),
      );
    try {
      await heard();
      const said = heard();
      for (const [i, child] of children.entries()) child.send(`step ${i}`);
      const outcomes = await said;
      const winner = outcomes.find(([, word]) => word === 'done');
      const others = outcomes.filter((outcome) => outcome !== winner);
      expect(others).toHaveLength(3);
      for (const [, word] of others)
        expect(word).toMatch(/^a study is being run in .* by process /);
      await expect(run(at, ['x'])).rejects.toThrow(StudyError);
      const ended = children.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of children) child.send('end');
      await Promise.all(ended);
      // By name: sources compute the compiled code's steps again.
      const [, ...lines] = readFileSync(join(at, 'steps.jsonl'), 'utf8').trimEnd().split('\n');
      const step = createHash('sha256').update(JSON.stringify(winner![0])).digest('hex');
      expect(lines.map((line) => JSON.parse(line).value)).toEqual([{ step, value: 1 }]);
      expect(readdirSync(at)).toEqual(['steps.jsonl']);
    } finally {
      for (const child of children) child.kill();
    }
  });
});
