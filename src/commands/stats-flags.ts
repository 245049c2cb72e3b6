import { StudyError } from '../errors.ts';
import type { SideFlags } from './image-flags.ts';

/** Flags of `study stats` and `study stats merge`. */
export interface StatsFlags extends SideFlags {
  readonly out: string;
  readonly dtype: 'float32' | 'float64';
  readonly size?: number;
}

/** @throws StudyError for a name that other tools would not take for an .npz */
export function requireNpzName(out: string): void {
  if (/\.npz$/i.test(out)) return;
  throw new StudyError(
    `invalid --out; not an .npz: ${out}`,
    'other tools know the format by its extension',
  );
}
