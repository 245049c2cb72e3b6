import { describe, expect, it } from 'vitest';
import { inceptionScoreOf } from '../../../src/metrics/kinds/inception-score.ts';
import { DIRECTIONS, randomDirections } from '../../../src/metrics/kinds/mind.ts';
import { metrics } from '../../../src/metrics/registry.ts';
import { rowsInMemory, sampleOf } from '../../../src/metrics/sample.ts';
import { context, metricOf, normals, rowsOf, sampleFrom } from './samples.ts';

describe('MIND', () => {
  it('of a set and itself moved by v is 3d times the mean of (uᵀv)²', async () => {
    const [d, v] = [6, [1, 0, -2, 0, 0, 0.5]];
    const x = rowsOf(normals(80, d, 'x')).map((row) => row.map((value) => Math.fround(value)));
    const moved = x.map((row) => row.map((value, j) => value + v[j]!));
    const [a, b] = [moved, x].map((rows) =>
      sampleFrom({ data: Float64Array.from(rows.flat()), rows: 80, columns: d }),
    );
    const u = randomDirections(d, DIRECTIONS, context.key).data;
    let sum = 0;
    for (let m = 0; m < DIRECTIONS; m++) {
      sum += v.reduce((dot, value, j) => dot + value * u[m * d + j]!, 0) ** 2;
    }
    expect((await metricOf('mind', a!, b!)) / ((3 * d * sum) / DIRECTIONS)).toBeCloseTo(1, 5);
  });

  it('takes as many references at random, and refuses fewer', async () => {
    const [few, many] = [normals(50, 4, 'a'), normals(200, 4, 'b')];
    expect(await metricOf('mind', few, many)).toBeGreaterThan(0);
    await expect(metricOf('mind', many, few)).rejects.toThrow(
      '200 images against 50 references: it needs as many of each',
    );
  });
});

describe('Vendi', () => {
  const repeated = (rows: number, different: number, columns: number) => {
    const data = new Float64Array(rows * columns);
    for (let i = 0; i < rows; i++) data[i * columns + (i % different)] = 2;
    return sampleFrom({ data, rows, columns });
  };

  it.each([
    [12, 12, 20],
    [12, 4, 20],
    [60, 4, 5],
  ])('of %i rows, %i different and orthogonal, in %i dimensions counts those', async (n, k, d) => {
    const sample = repeated(n, k, d);
    expect(await metricOf('vendi', sample, sample)).toBeCloseTo(k, 5);
  });
});

describe('the Inception Score', () => {
  const scores = (rows: number, at: (row: number) => number) => {
    const data = new Float32Array(rows * 5);
    for (let i = 0; i < rows; i++) data[i * 5 + at(i)] = 50;
    return rowsInMemory(data, rows, 5);
  };

  it('is 1 if every image is of one class, and the number of classes if they are balanced', () => {
    expect(inceptionScoreOf(scores(100, () => 2))).toEqual({ mean: 1, sd: 0 });
    expect(inceptionScoreOf(scores(100, (i) => i % 5)).mean).toBeCloseTo(5, 12);
  });

  it('splits images in random order: a pool sorted by class scores like a mixed one', async () => {
    const features = normals(2000, 3, 'f');
    const sorted = scores(2000, (i) => Math.floor(i / 400));
    expect(inceptionScoreOf(sorted).mean).toBeLessThan(1.5);
    const draw = sampleOf(features, { logits: sorted });
    expect(await metricOf('is', draw, draw)).toBeGreaterThan(4.9);
  });

  it('needs logits, and an image for each split', async () => {
    const features = normals(9, 3, 'f');
    await expect(metricOf('is', features, features)).rejects.toThrow('no class scores (logits)');
    const draw = sampleOf(features, { logits: scores(9, () => 0) });
    await expect(metricOf('is', draw, draw)).rejects.toThrow('9 images in 10 splits');
  });
});

describe('sFID', () => {
  it('is the FID of the spatial features', async () => {
    const [x, y] = [normals(40, 6, 'x'), normals(30, 6, 'y', 1)];
    const [a, b] = [x, y].map((spatial) => sampleOf(normals(spatial.rows, 2, 'f'), { spatial }));
    expect(await metricOf('sfid', b!, a!)).toBeCloseTo(await metricOf('fid', y, x), 12);
    await expect(metricOf('sfid', y, x)).rejects.toThrow('no spatial features');
  });
});

describe('the list of metrics', () => {
  it('has names of its own, in words of a flag', () => {
    const names = metrics.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z-]*$/);
  });

  it('says of each metric whether its sides can be exchanged', async () => {
    const [x, y] = [normals(60, 5, 'x'), normals(60, 5, 'y', 1)].map((sample, i) =>
      sampleOf(sample, { logits: normals(60, 4, `l${i}`), spatial: normals(60, 4, `s${i}`) }),
    );
    for (const { name, isSymmetric } of metrics) {
      const [forth, back] = [await metricOf(name, x!, y!), await metricOf(name, y!, x!)];
      expect([name, Math.abs(forth - back) < 1e-6 * Math.abs(forth)]).toEqual([name, isSymmetric]);
    }
  });

  it.each(metrics.filter(({ atEqual }) => atEqual !== undefined))(
    '$name of equal distributions tends to its value',
    async ({ name, atEqual }) => {
      const [x, y] = ['x', 'y'].map((seed) =>
        sampleOf(normals(700, 2, seed), { spatial: normals(700, 2, `s${seed}`) }),
      );
      const far = sampleOf(normals(700, 2, 'z', 1), { spatial: normals(700, 2, 't', 1) });
      const [equal, other] = [await metricOf(name, x!, y!), await metricOf(name, far, y!)];
      expect(Math.abs(equal - atEqual!)).toBeLessThan(0.1 * Math.abs(other - atEqual!));
    },
  );
});
