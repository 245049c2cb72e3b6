import type { ExtractionOptions } from '../embeddings/options.ts';
import { StudyError } from '../errors.ts';
import type { OneKind } from './side-kind.ts';

/** Options for images only, and their flags. */
const FLAGS = {
  model: '--model',
  mode: '--mode',
  batchSize: '--batch-size',
  threads: '--threads',
  provider: '--provider',
  devices: '--devices',
  deterministic: '--deterministic',
  networks: '--networks',
  skipBad: '--skip-bad',
  column: '--column',
} as const satisfies Partial<Record<keyof ExtractionOptions, string>>;

/**
 * Refuses options for images if there are none to extract: a model named for features would be ignored
 * silently. One side of images is enough.
 *
 * @param kinds all sides that the options apply to
 * @throws StudyError naming the options and what the sides hold
 */
export function requireUsed(kinds: readonly OneKind[], options: ExtractionOptions): void {
  if (kinds.some(({ kind }) => kind === 'images')) return;
  const given = Object.entries(FLAGS).flatMap(([name, flag]) => {
    const value = options[name as keyof typeof FLAGS];
    return value === undefined || value === false ? [] : [shown(flag, value)];
  });
  if (given.length === 0) return;
  const held = [...new Set(kinds.map(({ path, kind }) => `${path} holds ${kind}`))].join(', ');
  const notes = new Set(kinds.flatMap(({ notes = [] }) => notes));
  throw new StudyError(
    `${given.join(' ')} without images to extract${held && `: ${held}`}`,
    [`leave ${given.length === 1 ? 'it' : 'them'} out, or give images`, ...notes].join('; '),
  );
}

function shown(flag: string, value: unknown): string {
  if (value === true) return flag;
  return `${flag} ${Object(value).name ?? value}`;
}
