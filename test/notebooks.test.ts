import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { normalised } from '../notebooks/normalised.mjs';

const folder = fileURLToPath(new URL('../notebooks', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));

interface Cell {
  readonly cell_type: 'code' | 'markdown';
  readonly source: readonly string[];
  readonly outputs?: readonly { output_type: string; data?: Record<string, unknown> }[];
}

describe.each(names)('the notebook %s', (name) => {
  const text = readFileSync(join(folder, name), 'utf8');
  const cells = (JSON.parse(text) as { cells: Cell[] }).cells;
  const code = cells.filter(({ cell_type }) => cell_type === 'code');

  it('is saved as it ran, from its first cell to its last, without an error', () => {
    // The first cell imports, all others print or chart something.
    for (const { outputs } of code.slice(1)) expect(outputs?.length).toBeGreaterThan(0);
    const types = code.flatMap(({ outputs }) => outputs ?? []).map((output) => output.output_type);
    expect(types).not.toContain('error');
  });

  it('shows each chart that a study left, with a picture for viewers without Vega-Lite', () => {
    const wanted = code.flatMap(({ source }) =>
      [...source.join('').matchAll(/^chart\('([^']+)', '([^']+)'\)/gm)].map(
        ([, study, chart]) => `${study}/${chart}`,
      ),
    );
    const shown = code
      .flatMap((cell) => cell.outputs ?? [])
      .filter(({ data }) => data && 'application/vnd.vegalite.v5+json' in data);
    expect(wanted.length).toBeGreaterThan(0);
    expect(shown.length).toBe(wanted.length);
    for (const [i, path] of wanted.entries()) {
      const spec = join(folder, '..', 'results', `${path}.vl.json`);
      expect(existsSync(spec)).toBe(true);
      const { data } = shown[i]!;
      expect(data!['application/vnd.vegalite.v5+json']).toEqual(
        JSON.parse(readFileSync(spec, 'utf8')),
      );
      expect(data!['image/png']).toBeTypeOf('string');
    }
  });

  it('is in the form in which it is saved', () => {
    expect(normalised(text)).toBe(text);
  });
});
