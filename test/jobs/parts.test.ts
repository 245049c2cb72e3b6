import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { gather } from '../../src/jobs/gather.ts';
import { arraysOf, type JobPlan, readJob, writeJob } from '../../src/jobs/job.ts';
import type { JobKind } from '../../src/jobs/kind.ts';
import { pack, packedNames, unpack } from '../../src/jobs/pack.ts';
import { bytesOf, readPart } from '../../src/jobs/part-file.ts';
import { partPath, putPart, unitsOf } from '../../src/jobs/parts.ts';
import { prepareOrGather } from '../../src/jobs/prepare.ts';
import { Unfinished } from '../../src/jobs/unfinished.ts';
import { workOn } from '../../src/jobs/work.ts';
import { flips } from '../arrays/flips.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
let round = 0;
const fresh = () => join(folder, `job-${round++}`);
const plan: JobPlan = {
  kind: 'squares',
  title: 'squares',
  identity: { power: 2 },
  request: { power: 2 },
  code: 'code',
  probe: 'here',
  input: null,
  arrays: { x: { shape: [2], values: Float64Array.of(1, 0.1) } },
  units: [0, 1, 2, 3, 4],
};
const { signal } = new AbortController();

/** Squares the units, and counts how many. */
const squares = (probe = 'here', code = 'code') => {
  let count = 0;
  const kind: JobKind = {
    name: 'squares',
    code: () => code,
    probe: async () => probe,
    async work(_, units, { put }) {
      for (const unit of units) {
        count++;
        await put(unit, { value: Number(unit.data) ** 2, aside: count });
      }
    },
  };
  return { kind, count: () => count };
};
const filesIn = (at: string) =>
  readdirSync(at, { recursive: true, withFileTypes: true }).flatMap((entry) =>
    entry.isFile() ? entry.name : [],
  );

describe('a job', () => {
  it('is written once, and read as it was written', async () => {
    const at = fresh();
    const job = await writeJob(at, plan);
    expect(await writeJob(at, plan)).toEqual(job);
    expect(await readJob(at)).toEqual(job);
    expect(filesIn(at)).toHaveLength(2);
    // By default a worker takes the last.
    const other = await writeJob(at, { ...plan, units: [9] });
    expect(other.name).not.toBe(job.name);
    expect((await readJob(at, job.name)).units).toEqual(plan.units);
    expect(other.arrays).toBe(job.arrays);
  });

  it('is refused with any value changed, and where there is none', async () => {
    const at = fresh();
    await expect(readJob(at)).rejects.toThrow('no array job in');
    const { name } = await writeJob(at, plan);
    await expect(readJob(at, 'abc')).rejects.toThrow('no job abc in');
    await expect(readJob(at, '../x')).rejects.toThrow('invalid name of a job: ../x');
    const path = join(at, 'array', `job-${name}.json`);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"power": 2', '"power": 3'));
    await expect(readJob(at)).rejects.toThrow('was changed after it was written');
  });

  it('writes arrays again that were damaged, and refuses to start from them', async () => {
    const at = fresh();
    const job = await writeJob(at, plan);
    const path = arraysOf(at, job);
    const whole = readFileSync(path);
    const damaged = Buffer.from(whole);
    damaged[damaged.indexOf(Buffer.from(Float64Array.of(0.1).buffer)) + 1]! ^= 1;
    writeFileSync(path, damaged);
    const kind = {
      ...squares().kind,
      work: (_: unknown, __: unknown, tools: { arrays: (names: ['x']) => unknown }) =>
        tools.arrays(['x']),
    } as JobKind;
    await expect(workOn(at, job, kind, { part: 0, of: 1 }, { workers: 1, signal })).rejects.toThrow(
      StudyError,
    );
    await writeJob(at, plan);
    expect(readFileSync(path).equals(whole)).toBe(true);
  });
});

describe('units of a job', () => {
  const work = async (
    at: string,
    part: number,
    of: number,
    { kind } = squares(),
    isMixed = false,
  ) => workOn(at, await readJob(at), kind, { part, of }, { workers: 1, signal, isMixed });

  it('are made once, whoever makes them, in any number of parts', async () => {
    const at = fresh();
    await writeJob(at, plan);
    const both = squares();
    expect(await work(at, 1, 2, both)).toEqual({ made: 2, found: 0 });
    expect(await work(at, 0, 3, both)).toEqual({ made: 1, found: 1 });
    const { missing, machines } = await gather(at, await readJob(at));
    expect(missing.map(({ index }) => index)).toEqual([2, 4]);
    expect(machines).toHaveLength(1);
    expect(await work(at, 0, 1, both)).toEqual({ made: 2, found: 3 });
    expect(both.count()).toBe(5);
    const { parts } = await prepareOrGather(plan, { folder: at, isMixed: false });
    expect([...parts.values()].map(({ value }) => value).sort()).toEqual([0, 1, 16, 4, 9]);
  });

  it('of a longer job with the same identity are not made again', async () => {
    const at = fresh();
    await writeJob(at, plan);
    await work(at, 0, 1);
    const unfinished = await prepareOrGather(
      { ...plan, units: [...plan.units, 5] },
      { folder: at, isMixed: false },
    ).catch((error) => error);
    expect(unfinished).toBeInstanceOf(Unfinished);
    expect(unfinished.missing).toMatchObject([{ data: 5 }]);
  });

  it('with the same value twice are kept once; with another value, both machines are named', async () => {
    const at = fresh();
    const job = await writeJob(at, plan);
    const [unit] = unitsOf(job);
    const bytes = new Uint8Array([1, 2, 3]);
    expect(await putPart(at, unit!, 'here', { value: 1, aside: 'first', bytes })).toBe(true);
    expect(await putPart(at, unit!, 'here', { value: 1, aside: 'second', bytes })).toBe(false);
    expect((await readPart(partPath(at, unit!, 'here')))?.aside).toBe('first');
    const other = { value: 1, bytes: new Uint8Array([1, 2, 4]) };
    await expect(putPart(at, unit!, 'here', other)).rejects.toThrow(
      /^unit 0 has two values: one of /,
    );
    await expect(gather(at, job)).rejects.toThrow(/unit 0 has two values/);
  });

  it('that failed are made again, and replaced only by one that did not', async () => {
    const at = fresh();
    const job = await writeJob(at, plan);
    const [unit] = unitsOf(job);
    await putPart(at, unit!, 'here', { value: 'no', isFailed: true });
    expect((await gather(at, job)).missing).toHaveLength(4);
    expect(await work(at, 0, 5)).toEqual({ made: 1, found: 0 });
    expect(await putPart(at, unit!, 'here', { value: 'no', isFailed: true })).toBe(false);
    expect((await gather(at, job)).parts.get(0)).toMatchObject({ value: 0, isFailed: false });
  });

  it('of other code or rounding are refused by name; --mixed lets the rounding in', async () => {
    const at = fresh();
    await writeJob(at, plan);
    await expect(work(at, 0, 1, squares('here', 'other'))).rejects.toThrow(/has other code/);
    await expect(work(at, 0, 1, squares('there'))).rejects.toThrow(
      /rounds otherwise than the machine/,
    );
    expect(readdirSync(join(at, 'array'))).not.toContain('parts');
    await expect(work(at, 0, 1, squares('here', 'other'), true)).rejects.toThrow(/has other code/);
    expect(await work(at, 0, 2, squares('there'), true)).toEqual({ made: 3, found: 0 });
    expect(await work(at, 0, 2, squares('there'), true)).toEqual({ made: 0, found: 3 });
    expect(await work(at, 1, 2)).toEqual({ made: 2, found: 0 });
    // Alike only: as if the others were not there.
    expect((await gather(at, await readJob(at))).missing).toHaveLength(3);
    // A command on yet another machine takes the job that is there.
    const elsewhere = { ...plan, probe: 'anywhere', identity: { power: 2, rounded: 1e-17 } };
    const { machines, parts } = await prepareOrGather(elsewhere, { folder: at, isMixed: true });
    expect(parts.size).toBe(5);
    expect(new Set(machines.map(({ rounding }) => rounding)).size).toBe(2);
  });
});

describe('a part', () => {
  it('with any bit changed is no part, or its bytes are refused', async () => {
    const at = fresh();
    const job = await writeJob(at, plan);
    const [unit] = unitsOf(job);
    const bytes = new Uint8Array(40).map((_, i) => i);
    await putPart(at, unit!, 'here', { value: { a: [1, 2] }, bytes });
    const path = partPath(at, unit!, 'here');
    const whole = readFileSync(path);
    const read = async () => {
      const part = await readPart(path);
      if (!part) return undefined;
      const pieces = [];
      for await (const piece of bytesOf(part)) pieces.push(piece);
      return { value: part.value, bytes: [...Buffer.concat(pieces)] };
    };
    expect(await read()).toEqual({ value: { a: [1, 2] }, bytes: [...bytes] });
    for (const changed of flips(whole, 31)) {
      writeFileSync(path, changed);
      expect(await read().catch(() => undefined)).toBe(undefined);
    }
    for (const length of [0, 10, whole.length - 1]) {
      writeFileSync(path, whole.subarray(0, length));
      expect(await readPart(path)).toBe(undefined);
    }
    writeFileSync(path, Buffer.concat([whole, Buffer.of(0)]));
    expect(await readPart(path)).toBe(undefined);
  });
});

describe('packed data', () => {
  it('is the same after it was JSON', () => {
    const array = fc.oneof(
      fc.float64Array({ maxLength: 5 }),
      fc.float32Array({ maxLength: 5 }),
      fc.uint32Array({ maxLength: 5 }),
    );
    const name = fc.string({ maxLength: 5 }).filter((key) => key !== '__proto__');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        array,
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(name, tie('tree'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        const { value: packed, arrays } = pack(value);
        const json = JSON.parse(JSON.stringify(packed));
        expect(packedNames(json).sort()).toEqual(Object.keys(arrays).sort());
        const read = Object.fromEntries(
          Object.entries(arrays).map(([key, each]) => [key, { ...each, dtype: '<f8' }]),
        );
        expect(unpack(json, read)).toEqual(value);
      }),
      { numRuns: 50 },
    );
  });
});
