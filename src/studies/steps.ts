import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diskError } from '../arrays/disk.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { codeHash } from '../provenance/code-hash.ts';
import { environment } from '../provenance/environment.ts';
import { writeWhole } from '../tables/files.ts';

/** Finished parts of a study: an interrupted study continues after the last one. */
export interface Steps {
  /**
   * The value of a step: computed now, or kept from an earlier run.
   *
   * @param key everything that determines the value, inputs by their hash; as JSON it names the step
   * @param compute gives a value that JSON can hold without loss
   */
  do<Value>(key: unknown, compute: () => Promise<Value>): Promise<Value>;
}

const NAME = 'steps.jsonl';

interface Line {
  readonly step: string;
  readonly sha256: string;
  readonly value: unknown;
}

/**
 * Opens the steps kept in a folder. Steps that other code or other libraries computed are left out,
 * and so is a line that is torn or whose checksum is wrong.
 *
 * @param restart forgets them all
 * @throws StudyError if the folder cannot be written
 */
export async function openSteps(folder: string, restart = false): Promise<Steps> {
  const path = join(folder, NAME);
  const { libraries } = environment();
  const header = JSON.stringify({ format: 'fid-study steps 2', code: codeHash(), libraries });
  const text = restart ? '' : await readFile(path, 'utf8').catch(() => '');
  const [first, ...rest] = text.split('\n');
  const lines = first === header ? rest.flatMap(parseLine) : [];
  const done = new Map(lines.map(({ step, value }) => [step, value]));
  let begun = false;

  return {
    async do(key, compute) {
      const step = sha256Of(JSON.stringify(key));
      // The key determines the value, so that its type is the one that was written.
      if (done.has(step)) return done.get(step) as Awaited<ReturnType<typeof compute>>;
      const value = await compute();
      done.set(step, value);
      const line = JSON.stringify({ step, sha256: sha256Of(JSON.stringify(value)), value });
      if (begun) {
        await appendFile(path, `${line}\n`).catch((error) => {
          throw diskError(error, path);
        });
      } else {
        // Rewritten without lines that a crash tore.
        const kept = lines.map((each) => JSON.stringify(each));
        await writeWhole(path, `${[header, ...kept, line].join('\n')}\n`);
        begun = true;
      }
      return value;
    },
  };
}

function parseLine(text: string): Line[] {
  try {
    const line = JSON.parse(text) as Line;
    return sha256Of(JSON.stringify(line.value)) === line.sha256 ? [line] : [];
  } catch {
    return [];
  }
}
