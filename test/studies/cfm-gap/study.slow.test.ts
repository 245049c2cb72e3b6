import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it, vi } from 'vitest';
import { reproduceCommand } from '../../../src/commands/reproduce.ts';
import { runCommand as study } from '../../../src/commands/run.ts';
import { fastAlgebra } from '../../../src/linalg/fast.ts';
import { whiteDraw } from '../../../src/studies/calibration/bias.ts';
import { biasRatio, shapeDraws } from '../../../src/studies/cfm-gap/sensitivity.ts';
import { temporaryFolder } from '../../arrays/folder.ts';
import { runCommand } from '../../commands/run.ts';
import { tinyModel } from '../../embeddings/tiny-extractor.ts';
import { convGenerator } from '../../generators/tiny-generators.ts';
import { writePool } from '../../metrics/feature-pools.ts';

const algebra = fastAlgebra(2);

describe('biasRatio', () => {
  it('is near 2.25, the ratio of 1/N, and with the second order a little above it', async () => {
    const draws = await shapeDraws(null, 3, 7, algebra, () => {});
    const { value, se } = await biasRatio({ exponent: 1.25, tails: null }, draws, algebra);
    expect(se).toBeLessThan(0.05);
    expect(value).toBeGreaterThan(2.25);
    expect(value).toBeLessThan(2.4);
  });
});

describe('whiteDraw of a multivariate t', () => {
  it('has unit covariance, and the tails of its degrees of freedom', async () => {
    const [d, n, degrees] = [2, 200_000, 10];
    const draw = await whiteDraw(d, [n], ['t'], algebra, degrees);
    const { covariance } = draw.get(n)!;
    // Var(S_ii) = (kurtosis − 1)/n; the kurtosis of t is 3 (ν − 2)/(ν − 4) = 4.
    expect(Math.abs(covariance.data[0]! - 1)).toBeLessThan(5 * Math.sqrt(3 / n));
    expect(Math.abs(covariance.data[1]!)).toBeLessThan(5 * Math.sqrt(4 / 3 / n));
  });
});

describe('the study cfm-gap', () => {
  it('draws one’s own samples from a generator, with no file in between', async () => {
    vi.stubEnv('STUDY_CACHE', temporaryFolder());
    const folder = temporaryFolder();
    const model = tinyModel(join(folder, 'tiny.onnx'));
    const real = await writePool(folder, 10_000, 5, 'real');
    const lines = await runCommand(reproduceCommand(), [
      ...['cfm-gap', '--generator', convGenerator, '--count', '20000', '--model', model],
      ...['--reference', real.path, '--out', join(folder, 'out'), '--workers', '2'],
      ...['--set', 'seeds=2', 'draws=2'],
    ]);
    vi.unstubAllEnvs();
    expect(lines.join('\n')).toMatch(/\(c\) +your own samples/);
    const sweep = JSON.parse(
      readFileSync(join(folder, 'out', 'own-samples', 'manifest.json'), 'utf8'),
    );
    expect(sweep.inputs.generated).toMatchObject({
      path: `${convGenerator}:20000:0`,
      rows: 20_000,
    });
    expect(existsSync(join(folder, 'out', 'features.npy'))).toBe(false);
  });

  it('predicts by all three routes, with one’s own samples as the third', async () => {
    const folder = temporaryFolder();
    const real = await writePool(folder, 10_000, 6, 'real');
    const own = await writePool(folder, 20_000, 6, 'own');
    const lines = await runCommand(study(), [
      'experiments/cfm-gap.json',
      '--out',
      join(folder, 'out'),
      '--workers',
      '2',
      // Fewer draws than the committed results have.
      '--set',
      'seeds=2',
      'draws=2',
      `reference=${real.path}`,
      `generated=${own.path}`,
    ]);
    const text = lines.join('\n');
    expect(text).toMatch(/\(a\) +surrogate, drawn +(9\.[5-9]|10\.[0-2])/);
    expect(text).toMatch(/\(b\) +all published sources +9\.82 +9\.\d\d to 10\.\d\d +9\.75/);
    expect(text).toMatch(/\(c\) +your own samples/);
    expect(text).toMatch(/9\.75 was reported, within the interval of \d+ of 20 predictions/);
    const csv = readFileSync(join(folder, 'out', 'predictions.csv'), 'utf8');
    expect(csv).toContain('own samples');
    expect(existsSync(join(folder, 'out', 'surrogate', 'report.html'))).toBe(true);
  });
});

describe('study reproduce cfm-gap', () => {
  it('gives the committed predictions', async () => {
    const out = temporaryFolder();
    await runCommand(reproduceCommand(), ['cfm-gap', '--out', out]);
    const numbers = (text: string) => {
      const rows: Record<string, string>[] = parseCsv(text, { columns: true });
      return rows.map(({ fid, lower, upper, reported }) =>
        [fid, lower, upper, reported].map(Number),
      );
    };
    const committed = readFileSync('results/cfm-gap/predictions.csv', 'utf8');
    const [wanted, found] = [committed, readFileSync(join(out, 'predictions.csv'), 'utf8')].map(
      numbers,
    );
    expect(found).toHaveLength(wanted!.length);
    // Not byte for byte: another processor's vector instructions sum in another order, in single
    // precision where products are of that. On the machine of the committed results it is the same.
    for (const [i, row] of wanted!.entries()) {
      for (const [k, value] of row.entries()) {
        expect(Math.abs(found![i]![k]! / value - 1)).toBeLessThan(1e-6);
      }
    }
  });
});

describe('study reproduce', () => {
  it('runs an experiment of the package by its name, and knows no others', async () => {
    const out = temporaryFolder();
    const lines = await runCommand(reproduceCommand(), ['published-pairs', '--out', out]);
    expect(lines.at(-1)).toContain(`are in ${out}`);
    expect(existsSync(join(out, 'predictions.csv'))).toBe(true);
    await expect(runCommand(reproduceCommand(), ['nothing'])).rejects.toThrow(
      'no experiment called nothing',
    );
  });
});
