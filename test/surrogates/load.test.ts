import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { inlineEngine } from '../../src/draws/inline.ts';
import { StudyError } from '../../src/errors.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { loadSurrogate, parseSurrogate, resolveSurrogate } from '../../src/surrogates/load.ts';
import type { Surrogate } from '../../src/surrogates/surrogate.ts';
import { gaussianBiasConstant } from '../../src/theory/gaussian-moments.ts';
import { performance } from '../../src/theory/performance.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { ascending, largestDifference } from '../linalg/matrices.ts';
import { diagonalStatistics, randomStatistics } from '../metrics/gaussians.ts';

const folder = temporaryFolder();
const algebra = fastAlgebra(1);
const d = 64;

const powerLaw = { kind: 'power-law', exponent: 0.5, trace: 10 };
const mismatch = { kind: 'discrepancy', mean_term: 0.2, covariance_term: 0.2, exponent: 1 };

function surrogate(definition: object): Promise<Surrogate> {
  const text = JSON.stringify({ name: 'test', dimension: d, ...definition });
  return resolveSurrogate(parseSurrogate(text, 'test.json'), folder, algebra);
}

/** FIDs of `draws` fresh draws of a size. */
async function estimates({ source }: Surrogate, size: number, draws: number): Promise<number[]> {
  const sampling = { studySeed: 5, replacement: false, nested: true };
  const units = Array.from({ length: draws }, (_, seed) => ({
    seed,
    sizes: [size],
    wanted: [size],
  }));
  const values: number[] = [];
  await inlineEngine(algebra).run({ source, sampling }, units, ({ terms }) => {
    values.push(terms!.distance);
  });
  return values;
}

/** C of the bias C/N, from what is known of the populations. */
const biasConstant = ({ population, roots }: Surrogate) =>
  gaussianBiasConstant(population.traceGenerated, roots);

/** How many Monte-Carlo standard errors the mean FID is off FID_∞ + C/N. */
async function deviation(source: Surrogate, size: number, draws: number): Promise<number> {
  const expected = source.population.distance + biasConstant(source) / size;
  const { bias } = performance(await estimates(source, size, draws), expected);
  return bias.value / bias.mcse!;
}

describe('draws of a surrogate', () => {
  it('of unit covariances have the bias (d²/4 + 5d/4)/N', async () => {
    const values = Array(d).fill(1);
    const isotropic = await surrogate({
      reference: { kind: 'eigenvalues', values },
      generated: { kind: 'same' },
    });
    expect(isotropic.population.distance).toBe(0);
    expect(biasConstant(isotropic)).toBeCloseTo(d ** 2 / 4 + (5 * d) / 4, 9);
    expect(Math.abs(await deviation(isotropic, 20 * d, 40))).toBeLessThan(4);
  });

  it('of a power law, against itself and against another, have the bias C/N', async () => {
    for (const generated of [{ kind: 'same' }, mismatch]) {
      const source = await surrogate({ reference: powerLaw, generated });
      expect(Math.abs(await deviation(source, 20 * d, 40))).toBeLessThan(4);
    }
  });

  it('of dense statistics have the bias C/N', async () => {
    for (const name of ['q', 'p']) {
      const statistics = { ...randomStatistics(d, 200, 'dense', name), dimension: d };
      await writeStatisticsNpz(join(folder, `${name}.npz`), statistics);
    }
    const source = await surrogate({
      reference: { kind: 'npz', path: 'q.npz' },
      generated: { kind: 'npz', path: 'p.npz' },
    });
    expect(Math.abs(await deviation(source, 20 * d, 40))).toBeLessThan(4);
  });
});

describe('a diagonal surrogate', () => {
  it('has the population FID and terms of its statistics', async () => {
    const { population, source } = await surrogate({ reference: powerLaw, generated: mismatch });
    const { offset, map, whitened } = source.geometry;
    if (map.kind !== 'diagonal' || whitened.kind !== 'diagonal') throw new Error('not diagonal');
    const p = map.values.map((value) => value ** 2);
    const q = whitened.values.map((value, i) => value ** 2 / p[i]!);
    const statistics = [diagonalStatistics(new Float64Array(d), q), diagonalStatistics(offset, p)];
    const terms = await frechetDistance(statistics[0]!, statistics[1]!, algebra);
    expect(population.distance).toBeCloseTo(0.4, 13);
    expect(population.meanTerm).toBeCloseTo(0.2, 13);
    for (const [name, value] of Object.entries(terms)) {
      expect(Math.abs(value - population[name as keyof typeof terms])).toBeLessThan(1e-12);
    }
  });

  it('is the same surrogate when it is written as statistics', async () => {
    const values = Array.from({ length: d }, (_, i) => 1 / (1 + i));
    const other = values.map((value, i) => value * (i % 2 ? 0.5 : 2));
    const offset = values.map((value) => value / 3);
    const zero = new Float64Array(d);
    const write = (name: string, statistics: ReturnType<typeof diagonalStatistics>) =>
      writeStatisticsNpz(join(folder, name), { ...statistics, dimension: d });
    await write('q-diagonal.npz', diagonalStatistics(zero, values));
    await write('p-diagonal.npz', diagonalStatistics(offset, other));
    const diagonal = await surrogate({
      reference: { kind: 'eigenvalues', values },
      generated: { kind: 'eigenvalues', values: other, offset },
    });
    const dense = await surrogate({
      reference: { kind: 'npz', path: 'q-diagonal.npz' },
      generated: { kind: 'npz', path: 'p-diagonal.npz' },
    });
    for (const [name, value] of Object.entries(diagonal.population)) {
      const twin = dense.population[name as keyof typeof dense.population];
      expect(Math.abs(value - twin)).toBeLessThan(1e-13);
    }
    expect(largestDifference(ascending(diagonal.roots), ascending(dense.roots))).toBeLessThan(
      1e-13,
    );
    // Coordinates come in another order, so that the draws are others of the same distribution.
    const [one, two] = [await estimates(diagonal, 640, 30), await estimates(dense, 640, 30)];
    const [a, b] = [performance(one, 0).mean, performance(two, 0).mean];
    expect(Math.abs(a.value - b.value)).toBeLessThan(4 * Math.hypot(a.mcse!, b.mcse!));
  });
});

describe('loadSurrogate', () => {
  const load = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return loadSurrogate(path, algebra);
  };
  const json = (definition: object) =>
    JSON.stringify({ name: 'test', dimension: 2, reference: powerLaw, ...definition });

  it('finds statistics beside the JSON file', async () => {
    const statistics = diagonalStatistics([1, 2], [3, 4]);
    await writeStatisticsNpz(join(folder, 'beside.npz'), { ...statistics, dimension: 2 });
    const reference = { kind: 'npz', path: 'beside.npz' };
    const { population } = await load(
      'beside.json',
      json({ reference, generated: { kind: 'same' } }),
    );
    expect(Math.abs(population.distance)).toBeLessThan(1e-14);
    expect(population.traceReference).toBe(7);
  });

  it('takes or refuses any numbers, and has a finite FID where it takes them', async () => {
    const number = fc.oneof(
      fc.double({ noNaN: true }),
      fc.constantFrom(0, 1e308, -1e308, 5e-324, 1e200),
    );
    const values = fc.array(number.map(Math.abs), { minLength: 2, maxLength: 2 });
    const reference = fc.oneof(
      fc.record({ kind: fc.constant('power-law'), exponent: number, trace: number }),
      fc.record({ kind: fc.constant('eigenvalues'), values }),
    );
    const generated = fc.oneof(
      fc.constant({ kind: 'same' }),
      fc.record({
        kind: fc.constant('discrepancy'),
        mean_term: number,
        covariance_term: number,
        exponent: number,
      }),
      fc.record({ kind: fc.constant('eigenvalues'), values, offset: values }),
    );
    await fc.assert(
      fc.asyncProperty(reference, generated, async (q, p) => {
        const text = json({ reference: q, generated: p });
        const outcome = await Promise.resolve()
          .then(() => resolveSurrogate(parseSurrogate(text, 'any.json'), '.', algebra))
          .catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(StudyError);
        else expect(outcome).toMatchObject({ population: { distance: expect.any(Number) } });
        const { population } = outcome as { population?: { distance: number } };
        if (population) expect(Number.isFinite(population.distance)).toBe(true);
      }),
      { seed: 9, numRuns: 500 },
    );
  });

  it('refuses names and files that are not there', async () => {
    await expect(loadSurrogate('cifar99', algebra)).rejects.toThrow('unknown source: cifar99');
    await expect(loadSurrogate('no.json', algebra)).rejects.toThrow('surrogate not found: no.json');
  });

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['a wrong field', json({ generated: { kind: 'same' }, dimension: 0 }), 'dimension'],
    ['a kind that does not exist', json({ generated: { kind: 'other' } }), 'generated'],
    ['too few eigenvalues', json({ generated: { kind: 'eigenvalues', values: [1] } }), 'give 2'],
    [
      'bases that do not fit',
      json({ generated: { kind: 'npz', path: 'a' } }),
      'needs a reference of kind npz',
    ],
    [
      'a discrepancy from statistics',
      json({ reference: { kind: 'npz', path: 'beside.npz' }, generated: mismatch }),
      'needs generated kind npz or same, not discrepancy',
    ],
    [
      'statistics of another dimension',
      json({
        dimension: 3,
        reference: { kind: 'npz', path: 'beside.npz' },
        generated: { kind: 'same' },
      }),
      'dimension 3, but statistics of 2',
    ],
    [
      'an exponent of which no discrepancy is finite',
      json({ generated: { ...mismatch, exponent: 1e308 }, reference: { ...powerLaw, trace: 100 } }),
      'the population FID of surrogate test is not finite',
    ],
    [
      'a mean term beyond the range of numbers',
      json({
        reference: { kind: 'eigenvalues', values: [1, 1] },
        generated: { kind: 'eigenvalues', values: [1, 1], offset: [1e300, 0] },
      }),
      'is not finite: Infinity, traces 2 and 2',
    ],
    [
      'eigenvalues whose sum is none',
      json({
        reference: { kind: 'eigenvalues', values: [1.7e308, 1.7e308] },
        generated: { kind: 'same' },
      }),
      'traces Infinity and Infinity',
    ],
    [
      'more eigenvalues than any dimension has',
      json({
        reference: { kind: 'eigenvalues', values: Array(16_385).fill(1) },
        generated: { kind: 'same' },
      }),
      'reference.values',
    ],
    [
      'a trace of which products overflow',
      json({ reference: { ...powerLaw, trace: 1e200 }, generated: { kind: 'same' } }),
      'is too large: 0, traces 1e+200',
    ],
    ['a name of any length', json({ name: 'a'.repeat(101), generated: { kind: 'same' } }), 'name'],
  ])('refuses %s', async (_, text, words) => {
    const attempt = load('bad.json', text);
    await expect(attempt).rejects.toThrow(StudyError);
    const error: StudyError = await attempt.catch((thrown) => thrown);
    expect(`${error.message} ${error.hint}`).toContain(words);
  });
});
