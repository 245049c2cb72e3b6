import { Command } from 'commander';
import {
  describeProviders,
  type Provider,
  usableProviders,
  withoutLibraries,
} from '../embeddings/provider.ts';
import { StudyError } from '../errors.ts';
import { environment } from '../provenance/environment.ts';

/** `study env`: the machine as every manifest records it, and where networks can run. */
export function environmentCommand(): Command {
  return new Command('env')
    .description('print the machine and the versions that results depend on')
    .option('--json', 'print JSON, as in the manifests')
    .action(print);
}

function print({ json = false }: { readonly json?: boolean }): void {
  const here = environment();
  const providers = providersHere();
  if (!json) {
    const missing = providers instanceof StudyError;
    console.log(table(here, missing ? `none: ${providers.message}` : describeProviders(providers)));
    return;
  }
  const named = providers instanceof StudyError ? [] : providers;
  const providersWithoutLibraries = named.length === 0 ? [] : withoutLibraries(named);
  const record = { ...here, providers: named, providersWithoutLibraries };
  console.log(JSON.stringify(record, null, 2));
}

/** A bug report needs this output, so it works without onnxruntime too. */
function providersHere(): readonly Provider[] | StudyError {
  try {
    return usableProviders();
  } catch (error) {
    if (error instanceof StudyError) return error;
    throw error;
  }
}

function table(here: ReturnType<typeof environment>, providers: string): string {
  const { study, commit, node, libraries, system, os, cpu, instructions, cores, memoryBytes } =
    here;
  const lines = [
    ['fid-study', commit === null ? study : `${study}, commit ${commit}`],
    ['Node', node],
    ...Object.entries(libraries),
    ['providers', providers],
    ['system', `${os}, ${system}`],
    ['processor', `${cpu}, ${cores} core${cores === 1 ? '' : 's'}`],
    ['instructions', instructions.join(' ') || 'unknown'],
    ['memory', `${(memoryBytes / 2 ** 30).toFixed(1)} GiB`],
  ] as const;
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}
