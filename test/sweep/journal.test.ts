import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DrawOutcome } from '../../src/draws/outcome.ts';
import { StudyError } from '../../src/errors.ts';
import { roundingProbe } from '../../src/linalg/probe.ts';
import { drawCodeHash } from '../../src/provenance/code-hash.ts';
import { openLine, sealLine } from '../../src/provenance/sealed-journal.ts';
import { isFinished, openJournal } from '../../src/sweep/journal.ts';
import { flips } from '../arrays/flips.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { lockText } from '../provenance/lock-text.ts';

const folder = temporaryFolder();
let count = 0;
/** A folder of a sweep that does not exist yet. */
const fresh = () => join(folder, 'runs', String(++count));

function outcomeOf(seed: number, distance: number | null): DrawOutcome {
  const traces = { traceReference: 1 / 3, traceGenerated: 1 / 3, traceSqrt: 1 / 3 };
  return {
    seed,
    size: 10,
    seconds: 0.5,
    terms: distance === null ? null : { distance, meanTerm: distance, ...traces },
    error: distance === null ? 'no luck' : null,
  };
}

const numbers = 'spectrum';
const one = { sweep: 'one', numbers };

async function write(path: string, outcomes: readonly DrawOutcome[]): Promise<void> {
  const journal = await openJournal(path, one, false);
  for (const outcome of outcomes) await journal.add(outcome);
  await journal.close();
}

async function read(path: string, restart = false, sweep = 'one'): Promise<DrawOutcome[]> {
  const journal = await openJournal(path, { sweep, numbers }, restart);
  await journal.close();
  return [...journal.done.values()];
}

describe('openJournal', () => {
  it('keeps finished draws with all their digits, and knows them by name', async () => {
    const path = fresh();
    await write(path, [outcomeOf(1, Math.PI), outcomeOf(2, 5e-324)]);
    await write(path, [outcomeOf(3, -1e-13)]);
    expect(await read(path)).toEqual([
      outcomeOf(1, Math.PI),
      outcomeOf(2, 5e-324),
      outcomeOf(3, -1e-13),
    ]);
    const journal = await openJournal(path, one, false);
    expect(journal.done.get('2/10')).toEqual(outcomeOf(2, 5e-324));
    await journal.close();
  });

  it('leaves out draws that failed, so that they are tried again', async () => {
    const path = fresh();
    await write(path, [outcomeOf(1, 2), outcomeOf(2, null)]);
    expect(await read(path)).toEqual([outcomeOf(1, 2)]);
  });

  it('goes on after a line that a crash tore, at any byte of it', async () => {
    const path = fresh();
    await write(path, [outcomeOf(1, 2), outcomeOf(2, 3)]);
    const file = join(path, 'draws.jsonl');
    const whole = readFileSync(file);
    const start = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let end = start; end < whole.length - 1; end += 23) {
      writeFileSync(file, whole.subarray(0, end));
      await write(path, [outcomeOf(3, 4)]);
      expect(await read(path)).toEqual([outcomeOf(1, 2), outcomeOf(3, 4)]);
    }
  });

  it('leaves out lines that are no outcome', async () => {
    const path = fresh();
    await write(path, [outcomeOf(1, 2)]);
    appendFileSync(join(path, 'draws.jsonl'), '{"seed":9}\n7\nnull\n"text"\n\n');
    expect(await read(path)).toEqual([outcomeOf(1, 2)]);
  });

  it('refuses the draws of another sweep, and discards them only when told', async () => {
    const path = fresh();
    await write(path, [outcomeOf(1, 2)]);
    await expect(read(path, false, 'two')).rejects.toThrow(StudyError);
    await expect(read(path, false, 'two')).rejects.toThrow('holds the draws of another sweep');
    expect(await read(path)).toEqual([outcomeOf(1, 2)]);
    expect(await read(path, true, 'two')).toEqual([]);
    await expect(read(path)).rejects.toThrow(StudyError);
  });

  it('sets draws of other code, rounding or numbers aside, and takes them up again when these come back', async () => {
    const probe = await roundingProbe();
    for (const known of [drawCodeHash(), probe, numbers]) {
      const path = fresh();
      await write(path, [outcomeOf(1, 2), outcomeOf(2, 3)]);
      const file = join(path, 'draws.jsonl');
      const text = readFileSync(file, 'utf8');
      expect(text).toContain(known);
      const old = text.replace(known, 'f'.repeat(known.length));
      writeFileSync(file, old);
      const journal = await openJournal(path, one, false);
      expect(journal.done.size).toBe(0);
      await journal.add(outcomeOf(3, 4));
      await journal.close();
      expect(journal.setAside).toMatch(/draws-[0-9a-f]{8}\.jsonl$/);
      expect(readFileSync(journal.setAside!, 'utf8')).toBe(old);
      // There is nothing more to set aside.
      const again = await openJournal(path, one, false);
      await again.close();
      expect([again.setAside, again.damaged]).toEqual([null, 0]);

      // The other machine goes on, and then this one again.
      renameSync(file, join(path, 'mine'));
      renameSync(journal.setAside!, file);
      const mine = readFileSync(join(path, 'mine'), 'utf8');
      const hash = createHash('sha256').update(mine.split('\n')[0]!).digest('hex');
      renameSync(join(path, 'mine'), join(path, `draws-${hash.slice(0, 8)}.jsonl`));
      expect(await read(path)).toEqual([outcomeOf(3, 4)]);
      expect(readFileSync(journal.setAside!, 'utf8')).toBe(old);
      expect(readdirSync(path)).toHaveLength(2);
    }
  });

  it('takes no old journal without hashes for its own', async () => {
    const path = fresh();
    mkdirSync(path, { recursive: true });
    const header = JSON.stringify({ sweep: 'one', code: drawCodeHash() });
    const old = `${header}\n${JSON.stringify(outcomeOf(1, 2))}\n`;
    writeFileSync(join(path, 'draws.jsonl'), old);
    const journal = await openJournal(path, one, false);
    await journal.close();
    expect([journal.done.size, readFileSync(journal.setAside!, 'utf8')]).toEqual([0, old]);
  });

  it('takes no draw whose terms do not add up, or of another type', () => {
    const outcome = outcomeOf(12, 0.1234567890123456);
    const { terms } = outcome;
    expect(isFinished(outcome)).toBe(true);
    for (const wrong of [
      { ...outcome, terms: { ...terms, distance: 0.2 } },
      { ...outcome, terms: { ...terms, traceSqrt: '1' } },
      { ...outcome, size: 0 },
      { ...outcome, seed: 0.5 },
      outcomeOf(1, null),
    ]) {
      expect(isFinished(wrong)).toBe(false);
    }
  });

  it('takes no line of another journal, or with any bit changed', () => {
    const outcome = outcomeOf(12, 0.1234567890123456);
    const line = sealLine(outcome, 'a header');
    expect(openLine(line, 'a header')).toEqual(outcome);
    expect(openLine(line, 'another')).toBeUndefined();
    for (const changed of flips(Buffer.from(line))) {
      expect(openLine(changed.toString(), 'a header')).toBeUndefined();
    }
  });

  it('draws again, or refuses, whatever bit of the file was changed', async () => {
    const path = fresh();
    const draws = [outcomeOf(1, Math.PI), outcomeOf(2, 5e-3), outcomeOf(3, 4)];
    await write(path, draws);
    const file = join(path, 'draws.jsonl');
    const whole = readFileSync(file);
    const outcomes = { refused: 0, lost: 0, whole: 0 };
    for (const changed of flips(whole, 251)) {
      writeFileSync(file, changed);
      const found = await read(path).catch((error: unknown) => error);
      if (found instanceof StudyError) outcomes.refused++;
      else {
        const kept = draws.filter((draw) =>
          (found as DrawOutcome[]).some(({ seed }) => seed === draw.seed),
        );
        expect(found).toEqual(kept);
        if (kept.length < draws.length) outcomes.lost++;
        else outcomes.whole++;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(0);
    expect(outcomes.lost).toBeGreaterThan(12);
    // The last line's end only.
    expect(outcomes.whole).toBeLessThan(3);
  });

  it('keeps the draws of the same sweep even when told to discard another’s', async () => {
    const path = fresh();
    await write(path, [outcomeOf(1, 2)]);
    expect(await read(path, true)).toEqual([outcomeOf(1, 2)]);
  });

  it('refuses a folder that is being drawn into, and loses none of its draws', async () => {
    const path = fresh();
    const journal = await openJournal(path, one, false);
    for (const restart of [false, true]) {
      await expect(read(path, restart)).rejects.toThrow(StudyError);
      await expect(read(path, restart)).rejects.toThrow(
        `${path} is being drawn into by process ${process.pid}`,
      );
    }
    await journal.add(outcomeOf(1, 2));
    await journal.close();
    expect(await read(path)).toEqual([outcomeOf(1, 2)]);
    expect(readdirSync(path)).toEqual(['draws.jsonl']);
  });

  it('lets one of many that start at once go on, and tells the others', async () => {
    const path = fresh();
    const started = await Promise.allSettled(
      Array.from({ length: 8 }, () => openJournal(path, one, false)),
    );
    const opened = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(opened).toHaveLength(1);
    for (const one of started) {
      if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(StudyError);
    }
    await opened[0]!.add(outcomeOf(1, 2));
    await opened[0]!.close();
    expect(await read(path)).toEqual([outcomeOf(1, 2)]);
  });

  it('takes over from a process that was killed, and frees a folder that it refuses', async () => {
    const path = fresh();
    await write(path, [outcomeOf(1, 2)]);
    const { pid } = spawnSync(process.execPath, ['--version']);
    const lock = join(path, 'draws.jsonl.lock');
    writeFileSync(lock, lockText({ pid }));
    await expect(read(path, false, 'two')).rejects.toThrow('holds the draws of another sweep');
    expect(await read(path)).toEqual([outcomeOf(1, 2)]);
    expect(readdirSync(path)).toEqual(['draws.jsonl']);
  });

  it('names a file that is in the way of its folder', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    await expect(read(path)).rejects.toThrow(/a file is where a folder should be/);
  });
});
