import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { stream } from '../../src/random/stream.ts';
import { effort, Faults, seed, tell } from './effort.ts';
import { mutated } from './mutate.ts';
import * as arrays from './parsers/arrays.ts';
import * as imageSets from './parsers/image-sets.ts';
import * as images from './parsers/images.ts';
import * as networks from './parsers/networks.ts';
import type { Parser } from './parsers/parser.ts';
import * as settings from './parsers/settings.ts';
import * as tables from './parsers/tables.ts';
import * as torch from './parsers/torch.ts';
import { watchdog } from './watchdog.ts';

const parsers = [arrays, torch, settings, tables, images, imageSets, networks]
  .flatMap((module) => Object.values(module) as unknown[])
  .filter((value): value is Parser => typeof value === 'object');

/** Inputs of one stream of random numbers: a fault is found again by its round and number. */
const round = 1000;
/** Milliseconds for an input of at most some kilobytes; the second try is of a machine less busy. */
const patience = 2000;

describe('a parser', () => {
  it.each(parsers)(
    '$name refuses a changed file by a StudyError, or reads what it says',
    async (of) => {
      const originals: (readonly [file: Buffer, value: unknown])[] = [];
      for (const file of of.files) {
        const value = await of.read(file);
        expect(of.wrong(value, file, value)).toBeUndefined();
        originals.push([file, value]);
      }
      const fields = new Map(of.files.map((file) => [file, of.numbers?.(file) ?? []]));
      const faults = new Faults();
      const rounds = effort(...of.thousands);
      let inputs = 0;
      let accepted = 0;
      let slowest = 0;
      const dog = watchdog(of.name);
      const start = performance.now();
      for (let r = 0; r < rounds; r++) {
        const random = stream('faults', seed, of.name, r);
        for (let i = 0; i < round; i++) {
          dog.at(r, i);
          const [file, original] = originals[random.integer(originals.length)]!;
          const bytes = mutated(file, random, fields.get(file)!, of.words ?? []);
          let { wrong, milliseconds, isAccepted } = await tried(of, bytes, original);
          if (milliseconds > patience)
            ({ wrong, milliseconds, isAccepted } = await tried(of, bytes, original));
          if (milliseconds > patience) wrong ??= `took ${Math.round(milliseconds)} ms`;
          slowest = Math.max(slowest, milliseconds);
          if (isAccepted) accepted++;
          if (!wrong) continue;
          faults.add(`round ${r}, input ${i}: ${wrong} (${shown(bytes)})`);
        }
        inputs += round;
        if (faults.length > 20) break;
      }
      await dog.stop();
      const seconds = (performance.now() - start) / 1000;
      tell(`fuzz ${of.name}`, {
        inputs,
        accepted,
        faults: faults.length,
        'inputs/s': Math.round(inputs / seconds),
        'ms at most': Math.round(slowest),
      });
      expect([...faults].slice(0, 5)).toEqual([]);
      // The changes are such that not all of them are refused, nor all accepted.
      expect(accepted).toBeGreaterThan(0);
      expect(accepted).toBeLessThan(inputs);
    },
  );
});

const shown = (bytes: Buffer) => bytes.toString('base64').slice(0, 800);

async function tried(of: Parser, bytes: Buffer, original: unknown) {
  const start = performance.now();
  const done = () => performance.now() - start;
  let value: unknown;
  try {
    const read = of.read(bytes);
    value = read instanceof Promise ? await read : read;
  } catch (error) {
    const milliseconds = done();
    const isRefused = error instanceof StudyError && error.message !== '' && error.hint !== '';
    const wrong = isRefused ? undefined : `threw ${(error as Error).stack ?? error}`;
    return { wrong, milliseconds, isAccepted: false };
  }
  const milliseconds = done();
  try {
    return { wrong: of.wrong(value, bytes, original), milliseconds, isAccepted: true };
  } catch (error) {
    return { wrong: `cannot be checked: ${error}`, milliseconds, isAccepted: true };
  }
}
