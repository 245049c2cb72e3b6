import { describe, expect, it } from 'vitest';
import { openRows } from '../../src/draws/open-rows.ts';
import { drawKey, type RowSpec, type Sampling } from '../../src/draws/spec.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { writePool } from '../metrics/feature-pools.ts';

const folder = temporaryFolder();
const d = 3;
const nested: Sampling = { studySeed: 1, replacement: false, nested: true };

/** All rows of a draw, in one piece or in several. */
async function draw(
  spec: RowSpec,
  sampling: Sampling,
  seed: number,
  cuts: readonly number[],
  step = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const opened = openRows(spec, sampling);
  const size = cuts.at(-1)!;
  const all = new Float64Array(size * d);
  const reader = opened.draw(seed, cuts);
  for (let done = 0; done < size; ) {
    const some = Math.min(step, size - done);
    await reader.next(all.subarray(done * d, (done + some) * d), some);
    done += some;
  }
  await opened.close();
  return Array.from({ length: size }, (_, i) => all.subarray(i * d, i * d + d).join());
}

const normals: RowSpec = { kind: 'normals', dimension: d };

async function pool(rows: number): Promise<RowSpec> {
  const { path } = await writePool(folder, rows, d);
  return { kind: 'pool', path, rows, shift: new Float64Array(d) };
}

describe('openRows of some rows of a file', () => {
  it('draws as from a file of these rows alone', async () => {
    const whole = await pool(9);
    if (whole.kind !== 'pool') throw new Error('no pool');
    const every = await draw(whole, nested, 1, [9]);
    const of = Uint32Array.of(1, 4, 5, 8);
    const some: RowSpec = { ...whole, of, rows: 4 };
    const inOrder = await draw(some, nested, 7, [4]);
    // The whole of a pool is read in the order of the file.
    expect(inOrder).toEqual([...of].map((row) => every[row]));
    const nestedDraws = await draw(some, nested, 3, [2, 4]);
    expect(nestedDraws.slice().sort()).toEqual(inOrder.slice().sort());
    const opened = openRows(some, nested);
    const left = new Float64Array(2 * d);
    await opened.leftOut!(3, [2, 4]).next(left, 2);
    await opened.close();
    const rest = [0, 1].map((i) => left.subarray(i * d, (i + 1) * d).join());
    expect(rest.sort()).toEqual(nestedDraws.slice(2).sort());
  });
});

describe('openRows of normals', () => {
  it('gives each seed rows of its own, the same each time and however they are read', async () => {
    const first = await draw(normals, nested, 1, [10]);
    expect(await draw(normals, nested, 1, [10], 3)).toEqual(first);
    expect(await draw(normals, nested, 2, [10])).not.toEqual(first);
    expect(await draw(normals, { ...nested, studySeed: 2 }, 1, [10])).not.toEqual(first);
  });

  it('nests the sizes of a seed, or draws each independently', async () => {
    const small = await draw(normals, nested, 1, [4]);
    expect((await draw(normals, nested, 1, [4, 10])).slice(0, 4)).toEqual(small);
    const independent = { ...nested, nested: false };
    const alone = await draw(normals, independent, 1, [4]);
    expect((await draw(normals, independent, 1, [10])).slice(0, 4)).not.toEqual(alone);
  });
});

describe('openRows of a pool', () => {
  it('takes no row twice without replacement, and some twice with it', async () => {
    const spec = await pool(50);
    expect(new Set(await draw(spec, nested, 1, [40])).size).toBe(40);
    const replacing = { ...nested, replacement: true };
    const rows = await draw(spec, replacing, 1, [200]);
    expect(rows).toHaveLength(200);
    expect(new Set(rows).size).toBeGreaterThan(40);
    expect(new Set(rows).size).toBeLessThanOrEqual(50);
  });

  it('has the same rows at a size whether it is drawn alone or nested', async () => {
    const spec = await pool(50);
    for (const replacement of [false, true]) {
      const sampling = { ...nested, replacement };
      const whole = await draw(spec, sampling, 7, [5, 20, 45], 8);
      for (const size of [5, 20, 45]) {
        const alone = await draw(spec, sampling, 7, [size]);
        expect(whole.slice(0, size).sort()).toEqual(alone.sort());
      }
    }
  });

  it('reads the whole pool in file order, for any seed', async () => {
    const spec = await pool(50);
    const all = await draw(spec, nested, 1, [50]);
    expect(await draw(spec, nested, 2, [50])).toEqual(all);
    expect([...(await draw(spec, nested, 1, [20, 50]))].sort()).toEqual([...all].sort());
  });

  it('subtracts the shift from each row', async () => {
    const spec = await pool(50);
    const shift = Float64Array.of(1, -2, 0.5);
    const plain = await draw(spec, nested, 1, [6]);
    const shifted = await draw({ ...spec, shift } as RowSpec, nested, 1, [6], 4);
    const expected = plain.map((row) =>
      Float64Array.from(row.split(','), (value, j) => Number(value) - shift[j]!).join(),
    );
    expect(shifted).toEqual(expected);
  });
});

describe('drawKey', () => {
  it('leaves the sizes out of nested draws, and tells independent ones apart', () => {
    expect(drawKey(nested, 3, [5, 9])).toEqual(drawKey(nested, 3, [9]));
    const independent = { ...nested, nested: false };
    expect(drawKey(independent, 3, [5])).not.toEqual(drawKey(independent, 3, [9]));
  });
});
