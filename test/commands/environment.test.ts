import { describe, expect, it } from 'vitest';
import { environmentCommand } from '../../src/commands/environment.ts';
import { environment } from '../../src/provenance/environment.ts';
import { runCommand } from './run.ts';

describe('study env', () => {
  it('prints what manifests carry, and the providers', async () => {
    const json = JSON.parse((await runCommand(environmentCommand(), ['--json'])).join('\n'));
    const { providers, providersWithoutLibraries, ...rest } = json;
    expect(rest).toEqual(environment());
    expect(providers).toContain('cpu');
    expect(providers).toEqual(expect.arrayContaining(providersWithoutLibraries));
  });

  it('prints a table by default, one line a thing', async () => {
    const lines = await runCommand(environmentCommand(), []);
    const { cpu, node, libraries } = environment();
    expect(lines.find((line) => line.startsWith('processor'))).toContain(cpu);
    expect(lines.find((line) => line.startsWith('providers'))).toMatch(/ built for: cpu/);
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^Node +${node}$`)));
    expect(
      lines.filter((line) => Object.keys(libraries).includes(line.split(' ')[0]!)),
    ).toHaveLength(Object.keys(libraries).length);
  });
});
