import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { SMALL } from '../sweep/small.ts';
import { runCommand } from './run.ts';

/** Runs `study sweep`; what it prints, line by line. One worker, unless it is told otherwise. */
export function sweepOf(...flags: string[]): Promise<string[]> {
  const workers = flags.includes('--workers') ? [] : ['--workers', '1'];
  return runCommand(sweepCommand(), [...flags, ...workers]);
}

/** The JSON of a surrogate that is drawn from in no time. */
export function writeSmall(folder: string, more: object = {}): string {
  const path = join(folder, 'small.json');
  writeFileSync(path, JSON.stringify({ ...SMALL, ...more }));
  return path;
}

/** What must be the same bytes whenever a sweep is run again. */
export const CSVS = ['estimates.csv', 'performance.csv'] as const;

export const bytesOf = (out: string, names: readonly string[] = CSVS) =>
  names.map((name) => readFileSync(join(out, name), 'latin1'));

/** Everything that a finished sweep leaves, in alphabetical order. */
export const ALL_FILES = [
  'bias-and-se.png',
  'bias-and-se.svg',
  'bias-and-se.vl.json',
  'draws.jsonl',
  'estimates.csv',
  ...['png', 'svg', 'vl.json'].map((kind) => `fid-against-inverse-n.${kind}`),
  ...['png', 'svg', 'vl.json'].map((kind) => `fid-against-n.${kind}`),
  'manifest.json',
  'performance.csv',
  'performance.tex',
  'report.html',
];

export const filesIn = (out: string) => readdirSync(out).sort();

export const manifestOf = (out: string) =>
  JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
