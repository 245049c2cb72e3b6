import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { StudyError } from '../errors.ts';
import { runExperiment } from '../studies/run.ts';
import { type GeneratorFlags, generatorPath, withGeneratorFlags } from './generator-flags.ts';
import { entryFlag, modeFlag } from './image-flags.ts';
import { interruptible } from './interrupt.ts';
import { printStudy, setFlag } from './run.ts';
import { studyRun } from './study-services.ts';
import { wholeNumber } from './whole-number.ts';

interface ReproduceFlags extends GeneratorFlags {
  readonly reference?: string;
  readonly generated?: string;
  readonly model?: string;
  readonly mode?: string;
  readonly entry?: readonly string[];
  readonly set?: readonly string[];
  readonly out?: string;
  readonly workers?: number;
  readonly restart?: boolean;
}

// The same relative path from src/commands and from dist/commands.
const experiments = fileURLToPath(new URL('../../experiments', import.meta.url));

/** `study reproduce`: runs an experiment of the package by name. */
export function reproduceCommand(): Command {
  const command = new Command('reproduce')
    .description('run an experiment that comes with the package, such as cfm-gap')
    .argument('<name>', `one of ${experimentNames().join(', ')}`)
    .option('--reference <path>', 'your own reference, if the experiment takes one')
    .option('--generated <path>', 'your own samples, if the experiment takes them')
    .option('--model <name>', 'the feature extractor, for images')
    .option(...modeFlag)
    .option(...entryFlag)
    .option(...setFlag)
    .option('--out <dir>', 'folder for the files (default: runs/NAME)')
    .option('--workers <n>', 'worker threads (default: one per core)', wholeNumber('--workers', 1))
    .option('--restart', 'discard the finished parts of an earlier run');
  withGeneratorFlags(command, '(default: 50,000)');
  return command.addHelpText('after', help).action(run);
}

const help = `
cfm-gap predicts the FID of Conditional Flow Matching with 5,000 images (reported: 9.75) from its 5.12
with 50,000. It uses a surrogate, published numbers, and your own samples if you give both --reference
and --generated (features, or images with --model fid-inception). --generator FILE.onnx draws the samples and
extracts both sides with fid-inception; docs/generators.md shows how to export a sampler.

cifar10-real, jitter and practice read images: --set, as in study run, says where yours are.`;

function experimentNames(): string[] {
  return readdirSync(experiments)
    .filter((name) => name.endsWith('.json'))
    .map((name) => basename(name, '.json'))
    .sort();
}

async function run(name: string, flags: ReproduceFlags): Promise<void> {
  const names = experimentNames();
  if (!names.includes(name)) {
    throw new StudyError(`no experiment called ${name}`, `the package has ${names.join(', ')}`);
  }
  const { out = join('runs', name), workers, restart } = flags;
  const given = { ...flags, ...generatorSettings(flags) };
  const overrides = (['reference', 'generated', 'model', 'mode', 'entry'] as const).flatMap(
    (setting) =>
      given[setting] === undefined ? [] : [`${setting}=${JSON.stringify(given[setting])}`],
  );
  overrides.push(...(flags.set ?? []));
  const start = performance.now();
  const output = await interruptible(
    (signal) =>
      runExperiment(join(experiments, `${name}.json`), {
        out,
        overrides,
        ...studyRun(signal, { workers, restart }),
      }),
    'what is finished is kept',
  );
  if (output) printStudy(output, (performance.now() - start) / 1000);
}

/** Images of a generator need a network: that of the reported FIDs, unless another is named. */
function generatorSettings(flags: ReproduceFlags): Pick<ReproduceFlags, 'generated' | 'model'> {
  const generated = generatorPath(flags, 50_000);
  if (generated === undefined) return {};
  if (flags.generated !== undefined) {
    throw new StudyError(
      `--generated ${flags.generated} with --generator ${flags.generator}`,
      'give one of the two',
    );
  }
  return { generated, model: flags.model ?? 'fid-inception' };
}
