import type { ExtractionOptions } from '../embeddings/options.ts';
import { StudyError } from '../errors.ts';
import type { OneKind } from './side-kind.ts';

/** Options that are for images alone, by the flags that give them. */
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
} as const satisfies Partial<Record<keyof ExtractionOptions, string>>;

/**
 * Refuses options of images where there are none: features are as they were extracted, and a model
 * that is named for them would go unnoticed. Of several sides one of images is enough.
 *
 * @param kinds all sides that the options are for
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
