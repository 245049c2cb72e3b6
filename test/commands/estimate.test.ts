import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpyRows } from '../../src/arrays/npy-writer.ts';
import { writeStatisticsNpz } from '../../src/arrays/statistics-npz.ts';
import { estimateCommand } from '../../src/commands/estimate.ts';
import { estimatorsNamed } from '../../src/estimators/registry.ts';
import { estimatePool } from '../../src/estimators/run.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { kid } from '../../src/metrics/kid.ts';
import { referenceOfStatistics } from '../../src/metrics/reference.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { plainAlgebra, plainMoments } from '../linalg/plain.ts';
import { featuresOf, writePool } from '../metrics/feature-pools.ts';
import { runCommand } from './run.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const d = 6;
const real = await writePool(folder, 80, d, 'real');
const samples = await writePool(folder, 120, d, 'samples');
const moments = plainMoments(samples.x);
const npz = { real: at('real.npz'), samples: at('samples.npz') };
await writeStatisticsNpz(npz.real, { ...plainMoments(real.x), dimension: d });
await writeStatisticsNpz(npz.samples, { ...moments, dimension: d });

const study = (...args: string[]) => runCommand(estimateCommand(), args);
const json = async (...args: string[]) => JSON.parse((await study(...args, '--json')).join('\n'));
const sides = [samples.path, '--reference', real.path];
const sizes = ['--sizes', '30,60,120,1000'];

describe('study estimate', () => {
  it('gives FID, FID at infinity with its interval, C and KID', async () => {
    const found = await json(...sides, ...sizes);
    const plain = await frechetDistance(plainMoments(real.x), moments);
    expect(found.fid).toBeCloseTo(plain.distance, 9);
    expect([found.num_gen, found.num_ref]).toEqual([120, 80]);
    const reference = await referenceOfStatistics(plainMoments(real.x), plainAlgebra);
    const { estimates } = await estimatePool(featuresOf(samples.x), reference, {
      estimators: estimatorsNamed(['random-matrix-rows']),
      referenceFeatures: featuresOf(real.x),
      algebra: plainAlgebra,
    });
    expect(found.fid_infinity.method).toBe('random-matrix-rows');
    expect(found.fid_infinity.estimate).toBeCloseTo(estimates[0]!.estimate, 9);
    expect(found.fid_infinity.se).toBeCloseTo(estimates[0]!.se!, 9);
    expect(found.bias).toBeCloseTo(found.fid - found.fid_infinity.estimate, 12);
    expect(found.constant.fourth.value).toBeGreaterThan(0);
    const expected = await kid(featuresOf(real.x), featuresOf(samples.x));
    expect(found.kid.kid).toBeCloseTo(expected.kid, 12);
    expect(found).toMatchObject({ recommended: true, reliable: true, labels: null });
  });

  it('says what a plug-in would be: measured up to N, by C/N from there on', async () => {
    const { plug_in, fid, fid_infinity, reference_bias } = await json(...sides, ...sizes);
    expect(
      plug_in.map(({ size, basis }: { size: number; basis: string }) => [size, basis]),
    ).toEqual([
      [30, 'draw'],
      [60, 'draw'],
      [120, 'all'],
      [1000, 'law'],
    ]);
    expect(plug_in[2].fid).toBeCloseTo(fid, 12);
    const limit = fid_infinity.estimate + reference_bias;
    expect(plug_in[3].fid).toBeCloseTo(limit + ((fid - limit) * 120) / 1000, 10);
    for (const { fid: value, lower, upper } of plug_in) {
      expect(lower).toBeLessThan(value);
      expect(upper - value).toBeCloseTo(value - lower, 10);
    }
    for (const { fid: value, bias, num_ref } of plug_in) {
      expect(bias).toBeCloseTo(value - fid_infinity.estimate, 12);
      expect(num_ref).toBe(80);
    }
    // What N images vary by falls with N.
    expect(plug_in[1].upper - plug_in[1].lower).toBeLessThan(plug_in[0].upper - plug_in[0].lower);
  });

  it('prints it all, and writes CSV, charts and a manifest where it is told to', async () => {
    const out = at('out');
    const methods = ['--method', 'analytic-fourth,half-sample'];
    const lines = await study(...sides, ...sizes, ...methods, '--out', out);
    expect(lines[0]).toMatch(/^FID {14}\d.* ± .* at N = 120 against 80 references$/);
    expect(lines[1]).toMatch(/^FID at infinity {2}-?\d.*\[.*\] {2}analytic-fourth$/);
    expect(lines.some((line) => line.startsWith('KID ± SE'))).toBe(true);
    expect(lines.some((line) => /^ *1,000 .* C\/N$/.test(line))).toBe(true);
    expect(lines.some((line) => /^plug-in FID .* against 80 references, with/.test(line))).toBe(
      true,
    );
    expect(lines.at(-1)).toMatch(/^methods\.csv, plug-in\.csv, manifest\.json, .* are in /);
    const charts = ['fid-against-n', 'fid-at-infinity'];
    expect(readdirSync(out).sort()).toEqual(
      [
        'manifest.json',
        'methods.csv',
        'plug-in.csv',
        'report.html',
        ...charts.flatMap((name) => ['png', 'svg', 'vl.json'].map((kind) => `${name}.${kind}`)),
      ].sort(),
    );
    const csv = readFileSync(join(out, 'methods.csv'), 'utf8').split('\n');
    expect(csv[0]).toBe('method,estimate,se,lower,upper,error');
    expect(csv.slice(1, 3).map((line) => line.split(',')[0])).toEqual([
      'analytic-fourth',
      'half-sample',
    ]);
    expect(readFileSync(join(out, 'plug-in.csv'), 'utf8')).toMatch(
      /^size,num_ref,fid,bias,lower,upper,basis\n30,80,/,
    );
    const bytes = (name: string) => readFileSync(join(out, name), 'latin1');
    const names = readdirSync(out).filter((name) => name !== 'manifest.json');
    const before = names.map(bytes);
    await study(...sides, ...sizes, ...methods, '--out', out);
    expect(names.map(bytes)).toEqual(before);
  });

  it('takes statistics on either side, once it knows of how many images they are', async () => {
    await expect(study(npz.samples, '--reference', npz.real)).rejects.toMatchObject({
      message: expect.stringContaining('holds statistics'),
      hint: expect.stringContaining('--size'),
    });
    const found = await json(npz.samples, '--reference', npz.real, '--size', '120', ...sizes);
    expect(found.fid_infinity.method).toBe('random-matrix');
    expect(found).toMatchObject({ num_gen: 120, num_ref: null, kid: null });
    expect(found.notes.join()).toContain('counts as the population');
    const sized = await json(...sides.slice(0, 2), npz.real, '--reference-size', '80');
    const features = await json(...sides);
    // What the reference's rows say of its tails is not known: the interval allows for what may be.
    expect(sized.fid_infinity.errors.reference).toBeGreaterThan(
      features.fid_infinity.errors.reference,
    );
    expect(features.fid_infinity.errors.reference).toBeLessThan(
      0.1 * features.fid_infinity.errors.sampling,
    );
    const shift = sized.fid_infinity.estimate - features.fid_infinity.estimate;
    expect(Math.abs(shift)).toBeLessThan(2.5 * sized.fid_infinity.errors.reference);
    expect(sized.notes.join()).toContain('statistics do not tell the tails of the reference');
    expect(features.notes.join()).not.toContain('tails');
    const jackknife = study(
      npz.samples,
      '--reference',
      npz.real,
      '--size',
      '120',
      '--method',
      'jackknife',
    );
    await expect(jackknife).rejects.toThrow('needs the features themselves');
  });

  it('says of an interval below 0 that the inputs contradict each other', async () => {
    // The images of the reference, but for rounding: another file.
    const data = Float32Array.from(real.x.data, (x) => x * (1 + 1e-6));
    const shared = at('shared.npy');
    await writeNpyRows(shared, d, [data]);
    const { fid_infinity, notes } = await json(shared, '--reference', real.path, '--sizes', '40');
    expect(fid_infinity.upper).toBeLessThan(0);
    expect(notes.join()).toMatch(/contradicts the inputs.*images shared with the reference/);
    expect(notes.join()).not.toContain('an estimate without bias');
  });

  it('draws by class where labels are given, with an estimator for that', async () => {
    const labels = at('labels.txt');
    writeFileSync(labels, Array.from({ length: 120 }, (_, i) => `${i % 3}\n`).join(''));
    const found = await json(...sides, '--labels', labels, '--sizes', '60');
    expect(found.fid_infinity.method).toBe('jackknife');
    expect(found.labels).toMatchObject({ path: labels, classes: 3 });
    expect(found.notes.join()).toContain('the shares of 3 classes');
    expect(found.constant.stratified.value / 120).toBeCloseTo(
      found.bias - found.reference_bias,
      10,
    );
    const lines = await study(...sides, '--labels', labels, '--sizes', '60');
    const constantLine = lines.find((line) => line.startsWith('C (bias'));
    expect(constantLine).toContain('from draws with the class shares');
    expect(constantLine).toContain('if images were independent');
    const byMoments = await study(...sides, '--labels', labels, '--method', 'analytic-fourth');
    expect(byMoments.find((line) => line.startsWith('C (bias'))).toMatch(
      /for independent images; too large for a set with fixed class shares$/,
    );
    const plain = await json(...sides, '--sizes', '60');
    expect(plain.constant.stratified).toBeNull();
    expect(found.plug_in[0].fid).not.toBe(plain.plug_in[0].fid);
    expect(found.fid).toBeCloseTo(plain.fid, 10);
    const ofStatistics = study(
      npz.samples,
      '--reference',
      real.path,
      '--size',
      '120',
      '--labels',
      labels,
    );
    await expect(ofStatistics).rejects.toThrow('labels for statistics');
  });

  it('refuses unknown methods and sizes that are not so, and writes nothing', async () => {
    const out = ['--out', at('never')];
    await expect(study(...sides, '--method', 'magic', ...out)).rejects.toThrow(
      'unknown estimator: magic',
    );
    await expect(study(real.path, '--reference', real.path, ...out)).rejects.toMatchObject({
      name: 'StudyError',
      message: `a set compared with itself: ${real.path} on both sides`,
    });
    await expect(study(...sides, '--size', '7', ...out)).rejects.toThrow('has 120 images');
    await expect(study(...sides, '--sizes', '1', ...out)).rejects.toThrow('invalid size: 1');
    expect(existsSync(at('never'))).toBe(false);
  });
});
