import { Command } from 'commander';
import type { Model } from '../models/model.ts';
import { pullModel } from '../models/pull.ts';
import { knownModels, models } from '../models/registry.ts';
import { resolveExtractor } from '../models/resolve.ts';
import { inspectModel, type Stored } from '../models/store.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { modeHelp } from './image-flags.ts';
import { inspectCommand } from './inspect-network.ts';
import { withPullProgress } from './pull-progress.ts';

interface PullFlags {
  readonly from?: string;
  readonly sha256?: string;
  readonly as?: string;
  readonly outputs?: boolean;
}

const states = {
  ready: 'pulled',
  absent: 'not pulled',
  stale: 'made by another version: pull again',
  damaged: 'damaged: pull again',
} satisfies Record<Stored['state'], string>;

/** `study models`: lists feature extractors and fetches them. */
export function modelsCommand(): Command {
  const command = new Command('models')
    .description('list and pull the networks that turn images into features')
    .addHelpText('after', () => `\n${cautions()}\n\nModels are kept in ${cacheFolder('models')}`);

  command
    .command('list')
    .description('list the known models and whether they are pulled')
    .action(list);
  command
    .command('pull')
    .description('fetch a model, check it, build its ONNX files and keep them in the cache folder')
    .argument('<name>', 'a name from the list')
    .option('--from <file>', 'a local copy of the file that the model is built from')
    .option('--as <name>', 'with --from: use your own weights in fid-inception, under this name')
    .option(
      '--sha256 <hash>',
      'the expected sha256 of weights on the hub, or with --as of the file',
    )
    .option(
      '--outputs',
      'of fid-inception: also its logits and spatial features, for extract --outputs',
    )
    .addHelpText('after', () => `\n${pullHelp}\n\n${cautions()}`)
    .action(pull);
  command
    .command('path')
    .description('print the path of a pulled model')
    .argument('<name>', 'a name from the list')
    .option('--mode <mode>', 'its preprocessing mode (default: the first in the list)')
    .addHelpText('after', `\n${modeHelp}`)
    .action(async (name: string, { mode }: { mode?: string }) =>
      console.log((await resolveExtractor(name, mode)).path),
    );
  command.addCommand(inspectCommand());
  return command;
}

const pullHelp = `An interrupted download resumes where it stopped. Proxies are taken from HTTPS_PROXY and NO_PROXY.
A file is used only after its checksum is verified. That of weights on the Hugging Face hub is what the hub
states (or a mirror in HF_ENDPOINT); it is shown and recorded. PyTorch weights are read without running any code
in them.`;

async function list(): Promise<void> {
  for (const [name, variants] of await knownModels()) {
    const model = variants[0]!;
    const modes = variants.map(({ mode }, i) =>
      variants[1] && i === 0 ? `${mode} (default)` : mode,
    );
    const about = `${model.dimension} features, ${modes.join(', ')}, ${model.licence}`;
    console.log(`${name}  [${await stateOf(variants)}]  ${about}`);
    console.log(`  ${model.description}`);
    if (model.caution) console.log(`  note: ${model.caution}`);
  }
  console.log(`models are kept in ${cacheFolder('models')}`);
}

/** The state of the first mode that is not ready, if any: one pull builds all modes. */
async function stateOf(variants: readonly Model[]): Promise<string> {
  const found = await Promise.all(variants.map(inspectModel));
  const { state } = found.find((each) => each.state !== 'ready') ?? found[0]!;
  return states[state];
}

async function pull(name: string, flags: PullFlags): Promise<void> {
  const extractor = await withPullProgress(name, (told) => pullModel(name, { ...flags, ...told }));
  const caution = (await knownModels()).get(extractor.name)?.[0]?.caution;
  if (caution) console.log(`note: ${caution}`);
  console.log(`${extractor.name} is in ${extractor.path}`);
}

function cautions(): string {
  const line = ({ name, caution }: Model) => `Note on ${name}: ${caution}.`;
  return models
    .filter(({ caution }) => caution)
    .map(line)
    .join('\n');
}
