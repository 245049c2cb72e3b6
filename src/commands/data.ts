import { Command } from 'commander';
import { StudyError } from '../errors.ts';
import { datasets } from '../images/datasets/cifar10.ts';
import { findDataset, splitNames, splitOf } from '../images/datasets/names.ts';
import { pullDataset } from '../images/datasets/pull.ts';
import {
  type DatasetState,
  inspectDataset,
  inspectSplit,
  splitFolder,
} from '../images/datasets/store.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { wrote } from './conventions.ts';
import { withPullProgress } from './pull-progress.ts';

const states = {
  ready: 'pulled',
  absent: 'not pulled',
  damaged: 'damaged: pull again',
} satisfies Record<DatasetState, string>;

/** `study data`: lists public image sets and fetches them. */
export function dataCommand(): Command {
  const command = new Command('data')
    .description('list and pull public image sets from their official archives')
    .addHelpText('after', () => `\nData sets are kept in ${cacheFolder('data')}`);

  command
    .command('list')
    .description('list the known data sets and whether they are pulled')
    .action(list);
  command
    .command('pull')
    .description('fetch a data set, check it, and unpack it into the cache folder')
    .argument('<name>', 'a name from the list')
    .option('--from <file>', 'a local copy of its archive')
    .addHelpText('after', pullHelp)
    .action(pull);
  command
    .command('path')
    .description('print the folder of a pulled split')
    .argument('<split>', 'such as cifar10:train')
    .action(async (text: string) => console.log(await path(text)));
  return command;
}

const pullHelp = `
An interrupted download resumes where it stopped. Proxies are taken from HTTPS_PROXY and NO_PROXY.
An archive is used only after its sha256 is verified. Its splits then work wherever a command takes
images: study extract --images cifar10:train …`;

async function list(): Promise<void> {
  for (const dataset of datasets) {
    const splits = splitNames(dataset).join(', ');
    console.log(`${dataset.name}  [${states[await inspectDataset(dataset)]}]  ${splits}`);
    console.log(`  ${dataset.description}`);
  }
  console.log(`data sets are kept in ${cacheFolder('data')}`);
}

async function pull(name: string, { from }: { from?: string }): Promise<void> {
  const folder = await withPullProgress(name, (told) => pullDataset(name, { from, ...told }));
  wrote(folder, splitNames(findDataset(name)));
  console.log(`${splitNames(findDataset(name)).join(' and ')} are in ${folder}`);
}

async function path(text: string): Promise<string> {
  const split = splitOf(text);
  if (!split) {
    const known = datasets.flatMap(splitNames).join(', ');
    throw new StudyError(`unknown split: ${text}`, `known splits: ${known}`);
  }
  const state = await inspectSplit(split);
  if (state === 'ready') return splitFolder(split);
  const { name } = split.dataset;
  throw new StudyError(`data set ${name} is ${states[state]}`, `run: study data pull ${name}`);
}
