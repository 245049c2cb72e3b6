import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCommand as study } from '../../../src/commands/run.ts';
import { fastAlgebra } from '../../../src/linalg/fast.ts';
import { normalSource } from '../../../src/random/normals.ts';
import { stream } from '../../../src/random/stream.ts';
import { mixture } from '../../../src/studies/label-protocol/mixture.ts';
import { simulatedGap } from '../../../src/studies/label-protocol/simulated.ts';
import { parseCsv } from '../../../src/tables/csv.ts';
import { temporaryFolder } from '../../arrays/folder.ts';
import { runCommand } from '../../commands/run.ts';
import { writePool } from '../../metrics/feature-pools.ts';
import { HEADER } from '../header.ts';

const algebra = fastAlgebra(1);
const { signal } = new AbortController();

describe('balanced against random labels', () => {
  const settings = {
    study_seed: 0,
    dimension: 32,
    exponent: 1,
    size: 2000,
    draws: 120,
    pairs: 10_000,
    mixtures: [],
    real: null,
  };

  it.each([
    { classes: 10, between: 0.4 },
    { classes: 1000, between: 0.4 },
  ])('differ in C by E h(x, y) within $classes classes', async (of) => {
    const { gap, gap_se, theory, theory_se, random } = await simulatedGap(
      of,
      settings,
      algebra,
      signal,
    );
    expect(theory).toBeGreaterThan(0.08 * random);
    // N/d = 62: the second order of N is below the errors.
    expect(Math.abs(gap! - theory)).toBeLessThan(4 * Math.hypot(gap_se!, theory_se));
    expect(gap! - 3 * gap_se!).toBeGreaterThan(0);
  });
});

describe('a mixture', () => {
  it('has the covariance it says, and the share between classes', () => {
    const [d, classes, rows] = [5, 8, 40_000];
    const { statistics, rowsOf } = mixture({ dimension: d, exponent: 1, classes, between: 0.3 }, [
      'mixture',
      1,
    ]);
    const trace = Array.from({ length: d }, (_, i) => statistics.covariance[i * d + i]!);
    expect(trace.reduce((sum, value) => sum + value, 0)).toBeCloseTo(d, 10);
    const labels = Uint32Array.from({ length: rows }, (_, i) => i % classes);
    const { data } = rowsOf(labels, normalSource(stream('mixture', 'rows')));
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let row = 0; row < rows; row++) sum += data[row * d + i]! * data[row * d + j]!;
        const scale = Math.sqrt(trace[i]! * trace[j]!);
        const off = sum / rows - statistics.covariance[i * d + j]!;
        expect(Math.abs(off)).toBeLessThan((6 * scale) / Math.sqrt(rows));
      }
    }
  });
});

describe('study run of label protocols', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'experiments'));
  const columns = ['source', 'classes', 'between', 'random', 'gap', 'theory', 'theory_se'];

  async function run(settings: object) {
    const path = join(folder, 'experiments', 'labels.json');
    const small = { dimension: 8, size: 200, draws: 5, pairs: 200 };
    writeFileSync(
      path,
      JSON.stringify({
        study: 'label-protocol',
        header: HEADER,
        mixtures: [{ classes: 4, between: 0.3 }],
        ...small,
        ...settings,
      }),
    );
    const out = join(folder, 'results', 'labels');
    const lines = await runCommand(study(), [path, '--restart']);
    const text = readFileSync(join(out, 'label-protocol.csv'), 'utf8');
    return { lines, text };
  }

  it('writes the same bytes again, and what it found in words', async () => {
    const first = await run({});
    expect((await run({})).text).toBe(first.text);
    expect(first.text.split('\n')[0]!.split(',')).toEqual(expect.arrayContaining(columns));
    expect(first.lines.join('\n')).toMatch(
      /mixture, 4 classes, 30 % of the variance between them: balanced labels take .* by theory, from C/,
    );
  });

  it('finds no gap of labels that mean nothing, and a share between classes of about 0', async () => {
    const reference = await writePool(folder, 600, 8, 'reference');
    const labelled = await writePool(folder, 400, 8, 'labelled');
    const labels = join(folder, 'labels.txt');
    writeFileSync(labels, Array.from({ length: 400 }, (_, i) => `class ${i % 4}`).join('\n'));
    const { text } = await run({
      real: {
        reference: { path: reference.path },
        labelled: { path: labelled.path },
        labels: { path: labels },
      },
    });
    const rows = parseCsv(
      text,
      { columns: text.split('\n')[0]!.split(','), schema: z.record(z.string(), z.string()) },
      'label-protocol.csv',
    );
    const real = rows.at(-1)!;
    expect(Number(real.classes)).toBe(4);
    expect(Math.abs(Number(real.between))).toBeLessThan(0.05);
    expect(Math.abs(Number(real.theory))).toBeLessThan(4 * Number(real.theory_se));
  });

  it('refuses labels of another number of images', async () => {
    const { path } = await writePool(folder, 40, 8, 'forty');
    const labels = join(folder, 'short.txt');
    writeFileSync(labels, 'a\nb\n');
    const real = { reference: { path }, labelled: { path }, labels: { path: labels } };
    await expect(run({ real })).rejects.toThrow('2 labels for 40 images');
  });
});
