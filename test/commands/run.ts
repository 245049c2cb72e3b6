import type { Command } from 'commander';
import { vi } from 'vitest';

/** Runs a command as users do; what it prints on stdout, line by line. */
export async function runCommand(command: Command, args: readonly string[]): Promise<string[]> {
  const out = vi.spyOn(console, 'log').mockImplementation(() => {});
  out.mockClear();
  await command.exitOverride().parseAsync(args, { from: 'user' });
  return out.mock.calls.flatMap(([text]) => String(text).split('\n'));
}
