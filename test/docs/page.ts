import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { readRecords } from '../../src/tables/records.ts';

/** A path of the repository. */
export const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const records = (path: string) => readRecords(at(`results/${path}`));
export type Row = Awaited<ReturnType<typeof readRecords>>[number];

export const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(at(`results/${folder}/manifest.json`), 'utf8'));

/** A page of the documentation, for tests that pin its numbers and not its words. */
export class Page {
  readonly text: string;

  constructor(private readonly path: string) {
    this.text = readFileSync(at(path), 'utf8');
  }

  /** The body of the one table whose header has these words: its cells, row by row. */
  table(header: string): string[][] {
    const lines = this.text.split('\n');
    const start = lines.findIndex((line) => line.startsWith('|') && line.includes(header));
    expect(start, `no table in ${this.path} with "${header}"`).toBeGreaterThan(-1);
    const body = lines.slice(start + 2);
    const end = body.findIndex((line) => !line.startsWith('|'));
    return body.slice(0, end).map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }

  /** All numbers of the one paragraph or item that has these words, in order. */
  numbers(words: string): string[] {
    const paragraphs = this.text
      .split(/\n\n|\n(?=- |\d+\. |\|)/)
      .map((each) => each.replaceAll(/\s+/g, ' '));
    const found = paragraphs.filter((each) => each.includes(words));
    expect(found, `paragraphs of ${this.path} with "${words}"`).toHaveLength(1);
    return numbersIn(found[0]!);
  }
}

/** Numbers as they are written: with thousands, sign and exponent; not those of links and code. */
export function numbersIn(text: string): string[] {
  const prose = text.replaceAll(/\]\([^)]*\)|`[^`]*`|\b[A-Za-z][\w-]*\d\w*/g, ' ');
  return prose.match(/[−+]?\d[\d,]*\d(?:\.\d+)?(?:e-?\d+)?|[−+]?\d(?:\.\d+)?(?:e-?\d+)?/g) ?? [];
}

/** 12,345 → 12345 */
export const count = (text: string) => Number(text.replaceAll(',', ''));
