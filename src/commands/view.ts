import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Command } from 'commander';
import { diskError } from '../arrays/disk.ts';
import { StudyError } from '../errors.ts';
import { serveResults } from '../view/server.ts';
import { wholeNumber } from './whole-number.ts';

/** `study view`: the results in a browser. */
export function viewCommand(): Command {
  return new Command('view')
    .description(
      'show results in a browser: a list, their reports, two side by side, a sweep under way',
    )
    .argument('[dir]', 'a folder of results (default: the working directory, or its runs/)')
    .option('--json', 'print JSON: the address and the folder')
    .option(
      '--port <n>',
      'port on 127.0.0.1 (default: a free one)',
      wholeNumber('--port', 1, 65_535),
    )
    .addHelpText('after', help)
    .action(view);
}

const help = `
The page is for this machine alone: it is served on 127.0.0.1, under an address that nobody can guess, and
only reads. Ctrl-C ends it.`;

async function view(
  dir: string | undefined,
  { port = 0, json = false }: { readonly port?: number; readonly json?: boolean },
): Promise<void> {
  const root = dir ?? (existsSync('results') || !existsSync('runs') ? '.' : 'runs');
  const found = await stat(root).catch((error) => {
    throw diskError(error, root);
  });
  if (!found.isDirectory()) {
    throw new StudyError(`${root} is not a folder`, 'give a folder of results, such as runs');
  }
  const served = await serveResults(root, port);
  console.log(json ? JSON.stringify({ url: served.url, folder: root }) : served.url);
  console.error(`note: serving ${root} to this machine; Ctrl-C ends it`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  await served.close();
}
