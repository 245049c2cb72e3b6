import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { parseSurrogate, resolveSurrogate } from '../../src/surrogates/load.ts';
import { surrogateInputs } from '../../src/sweep/inputs.ts';
import { sweepIdentity } from '../../src/sweep/run.ts';
import { parseSettings } from '../../src/sweep/settings.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { diagonalStatistics } from '../metrics/gaussians.ts';
import { poolInputsOf, SMALL, smallInputs } from './small.ts';

const folder = temporaryFolder();

describe('surrogateInputs', () => {
  it('are fresh draws with a known population and the whole definition as provenance', async () => {
    const published = [{ size: 100, fid: 0.4, label: 'someone', url: 'https://example.org' }];
    const inputs = await smallInputs(false, { published });
    expect(inputs).toMatchObject({
      name: 'small',
      dimension: 12,
      pool: null,
      referenceSize: null,
      incomparable: null,
      published,
      provenance: { surrogate: SMALL },
    });
    expect(inputs.population!.distance).toBeCloseTo(0.2, 14);
    expect(inputs.source.rows).toEqual({ kind: 'blocks', dimension: 12 });
  });

  it('draw moments instead of rows when told to, of the same populations', async () => {
    const [rows, moments] = [await smallInputs(), await smallInputs(true)];
    expect(moments.source.rows).toEqual({ kind: 'exact-moments', dimension: 12 });
    expect(moments.source.precision).toBe('double');
    expect(moments.source.geometry).toEqual(rows.source.geometry);
  });

  it('are others once a statistics file holds something else under its old name', async () => {
    const definition = parseSurrogate(
      JSON.stringify({
        name: 'files',
        dimension: 2,
        reference: { kind: 'npz', path: 'q.npz' },
        generated: { kind: 'npz', path: 'p.npz' },
      }),
      'files',
    );
    const write = (name: string, variance: number) =>
      writeStatisticsNpz(join(folder, name), {
        ...diagonalStatistics([0, 0], [1, variance]),
        dimension: 2,
      });
    const identity = async () => {
      const surrogate = await resolveSurrogate(definition, folder, sharedAlgebra());
      return sweepIdentity(parseSettings({}), surrogateInputs(surrogate));
    };
    await write('q.npz', 1);
    await write('p.npz', 2);
    const first = await identity();
    expect(await identity()).toBe(first);
    await write('p.npz', 3);
    const second = await identity();
    expect(second).not.toBe(first);
    await write('q.npz', 4);
    expect(await identity()).not.toBe(second);
    await write('q.npz', 1);
    await write('p.npz', 2);
    expect(await identity()).toBe(first);
  });
});

describe('poolInputs', () => {
  it('are rows of a finite pool, seen from the mean of the reference, without a known truth', async () => {
    const inputs = await poolInputsOf(folder, 50);
    expect(inputs).toMatchObject({
      name: 'pool',
      dimension: 12,
      pool: 50,
      referenceSize: 100,
      population: null,
      published: [],
      incomparable: null,
      provenance: { reference: { rows: 100 }, generated: { sha256: 'sha256 of 50' } },
    });
    const { rows, geometry } = inputs.source;
    if (rows.kind !== 'pool') throw new Error('not a pool');
    expect(rows.rows).toBe(50);
    expect(rows.shift).toHaveLength(12);
    expect(geometry.offset).toEqual(new Float64Array(12));
  });

  it('name the model only where it is known not to be comparable', async () => {
    expect((await poolInputsOf(folder, 50, false)).incomparable).toBe('net');
    expect((await poolInputsOf(folder, 50, true)).incomparable).toBeNull();
  });
});
