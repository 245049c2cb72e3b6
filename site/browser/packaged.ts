import pairs from '../../experiments/published-pairs.csv';
import spreads from '../../experiments/published-spreads.csv';

const files: Readonly<Record<string, string>> = {
  'published-pairs.csv': pairs,
  'published-spreads.csv': spreads,
};

/** The text of a file of experiments/, which is in the bundle. */
export function readPackaged(name: string): string {
  return files[name]!;
}
