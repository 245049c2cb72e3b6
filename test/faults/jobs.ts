import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSmall } from '../commands/sweeps.ts';
import { tinyModel } from '../embeddings/tiny-extractor.ts';
import { convGenerator } from '../generators/tiny-generators.ts';
import { picture, png } from '../images/sources.ts';
import { writePool } from '../metrics/feature-pools.ts';

/** A command that leaves files. */
export interface Job {
  readonly name: string;
  /** @param out a folder; the command makes it */
  args(out: string): string[];
}

/** Commands of a second or two, of each way in which files come about, and the inputs of them. */
export async function jobsIn(folder: string): Promise<Job[]> {
  const images = join(folder, 'images');
  mkdirSync(images);
  for (let i = 0; i < 160; i++) {
    // Of some sizes: a batch has images of one.
    const [width, height] = [8 + (i % 3), 6];
    writeFileSync(
      join(images, `${1000 + i}.png`),
      await png(picture(i, width, height), width, height),
    );
  }
  const model = tinyModel(join(folder, 'tiny.onnx'));
  const source = writeSmall(folder);
  const { path: real } = await writePool(folder, 300, 6, 'real');
  const { path: generated } = await writePool(folder, 200, 6, 'generated');
  const experiment = writeExperiment(folder);
  return [
    {
      name: 'sweep',
      args: (out) => [
        'sweep',
        '--source',
        source,
        '--sizes',
        '20:400:log12',
        '--seeds',
        '20',
        '--out',
        out,
      ],
    },
    {
      name: 'sweep of a pool',
      args: (out) =>
        ['sweep', '--reference', real, '--generated', generated, '--sizes', '20,50,90'].concat([
          '--seeds',
          '40',
          '--out',
          out,
        ]),
    },
    {
      name: 'extract',
      args: (out) => [
        'extract',
        '--images',
        images,
        '--model',
        model,
        '--batch-size',
        '4',
        '--out',
        out,
      ],
    },
    {
      name: 'extract from a generator',
      args: (out) =>
        ['extract', '--generator', convGenerator, '--count', '300', '--model', model]
          .concat(['--batch-size', '4', '--save-images', join(out, 'images')])
          .concat(['--out', join(out, 'features')]),
    },
    {
      name: 'run',
      args: (out) => ['run', experiment, '--out', out],
    },
    {
      name: 'estimate',
      args: (out) => ['estimate', '--reference', real, generated, '--out', out],
    },
    {
      name: 'stats',
      args: (out) => [
        'stats',
        images,
        '--model',
        model,
        '--batch-size',
        '4',
        '--out',
        join(out, 'x.npz'),
      ],
    },
  ];
}

/** The comparison of estimators, of few numbers: its steps are kept in a journal. */
function writeExperiment(folder: string): string {
  const original = new URL('../../experiments/estimators.json', import.meta.url);
  const path = join(folder, 'estimators.json');
  const few = {
    dimension: 6,
    stands_for: 48,
    sizes: [300, 600],
    repetitions: 10,
    mechanisms: ['power-law-1.25', 'relu'],
    methods: ['plug-in', 'jackknife', 'analytic-fourth-2'],
  };
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(original, 'utf8')), ...few }));
  return path;
}
