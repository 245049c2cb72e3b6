import { basename, join } from 'node:path';
import type { Command } from 'commander';
import type { TableRecord } from '../tables/records.ts';

/** Where a command has written, for `--json`. */
export interface Written {
  /** Null for files outside of a folder of their own. */
  readonly folder: string | null;
  /** Names in the folder, or paths. */
  readonly files: readonly string[];
}

let written: Written[] = [];
let isQuiet = false;

/** Says where the files of a command are, as its last line does on a screen. */
export function wrote(folder: string | null, files: readonly string[]): void {
  written.push({ folder, files: folder === null ? files : files.map((file) => basename(file)) });
}

/** The same in a record of all digits; nothing if nothing was written. */
export function placed(folder: string | undefined, files: readonly string[]) {
  return folder === undefined ? {} : { folder, files };
}

/** Whether notes and progress are not wanted. */
export function hushed(): boolean {
  return isQuiet;
}

/** Commands that go on until they are ended, and have no result of their own. */
const ENDLESS = new Set(['worker', 'view']);

/**
 * Gives a command the options that all have: `--json`, unless it has its own with all digits, and `--quiet`.
 * What it prints is held back for `--json`, and is then `summary`.
 */
export function withConventions(command: Command): void {
  if (command.commands.length > 0) return;
  const hasOwn = command.options.some(({ long }) => long === '--json');
  const isEndless = ENDLESS.has(command.name());
  if (!hasOwn && !isEndless) {
    command.option('--json', 'print JSON: folder, files, summary and the rows of the tables');
  }
  command.option('--quiet', 'print errors only');
  let print = console.log;
  let note = console.error;
  let lines: string[] = [];
  command.hook('preAction', () => {
    const { json = false, quiet = false } = command.opts<{ json?: boolean; quiet?: boolean }>();
    [print, note] = [console.log, console.error];
    [lines, written, isQuiet] = [[], [], quiet];
    if (quiet) console.error = (...values) => (isNote(values) ? undefined : note(...values));
    if (json && !hasOwn) console.log = (...values) => void lines.push(values.join(' '));
    else if (quiet && !json && !isEndless) console.log = () => {};
  });
  command.hook('postAction', async () => {
    const { json = false } = command.opts<{ json?: boolean }>();
    [console.log, console.error, isQuiet] = [print, note, false];
    if (json && !hasOwn) print(JSON.stringify(await recordOf(lines), null, 2));
  });
}

function isNote([first]: readonly unknown[]): boolean {
  return typeof first === 'string' && first.startsWith('note: ');
}

async function recordOf(lines: readonly string[]) {
  const [only, ...others] = written;
  const summary = lines.flatMap((line) => line.split('\n')).filter((line) => line !== '');
  if (others.length > 0) {
    const results = await Promise.all(
      written.map(async (each) => ({ ...each, rows: await rowsOf(each) })),
    );
    return { summary, results };
  }
  const { folder, files } = only ?? { folder: null, files: [] };
  return { folder, files, summary, rows: only ? await rowsOf(only) : {} };
}

/** The rows of each table that was written, by its name. */
async function rowsOf({ folder, files }: Written): Promise<Record<string, TableRecord[]>> {
  const { readRecords } = await import('../tables/records.ts');
  const rows: Record<string, TableRecord[]> = {};
  for (const file of files.filter((name) => name.endsWith('.csv'))) {
    rows[basename(file)] = await readRecords(folder === null ? file : join(folder, file));
  }
  return rows;
}
