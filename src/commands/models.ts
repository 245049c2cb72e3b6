import { Command } from 'commander';
import type { Model } from '../models/model.ts';
import { pullModel } from '../models/pull.ts';
import { findModel, models } from '../models/registry.ts';
import { resolveExtractor } from '../models/resolve.ts';
import { inspectModel, type Stored } from '../models/store.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';

const states = {
  ready: 'pulled',
  absent: 'not pulled',
  stale: 'made by another version: pull again',
  damaged: 'damaged: pull again',
} satisfies Record<Stored['state'], string>;

/** `study models`: which feature extractors there are, and getting them. */
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
    .description('fetch a model, check it, build its ONNX file and keep it in the cache folder')
    .argument('<name>', 'a name from the list')
    .option('--from <file>', 'a local copy of the file that the model is built from')
    .addHelpText('after', () => `\n${cautions()}`)
    .action(pull);
  command
    .command('path')
    .description('print the path of a pulled model')
    .argument('<name>', 'a name from the list')
    .action(async (name: string) => console.log((await resolveExtractor(name)).path));
  return command;
}

async function list(): Promise<void> {
  for (const model of models) {
    const { state } = await inspectModel(model);
    const about = `${model.dimension} features, ${model.mode}, ${model.licence}`;
    console.log(`${model.name}  [${states[state]}]  ${about}`);
    console.log(`  ${model.description}`);
    if (model.caution) console.log(`  note: ${model.caution}`);
  }
  console.log(`models are kept in ${cacheFolder('models')}`);
}

async function pull(name: string, options: { from?: string }): Promise<void> {
  const { caution } = findModel(name);
  const { path } = await pullModel(name, {
    from: options.from,
    onStep: (step) => console.error(`${name}: ${step}`),
  });
  if (caution) console.log(`note: ${caution}`);
  console.log(`${name} is in ${path}`);
}

function cautions(): string {
  const line = ({ name, caution }: Model) => `Note on ${name}: ${caution}.`;
  return models
    .filter(({ caution }) => caution)
    .map(line)
    .join('\n');
}
