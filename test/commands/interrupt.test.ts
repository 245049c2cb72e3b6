import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import { interruptible } from '../../src/commands/interrupt.ts';
import { Interruption } from '../../src/errors.ts';

let said: MockInstance<typeof console.error>;
beforeEach(() => {
  said = vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  said.mockRestore();
  process.exitCode = undefined;
});

const KEPT = 'interrupted; what was extracted is kept: run the same command again to resume';

describe('interruptible', () => {
  it('gives the result, and says nothing, where nobody interrupts', async () => {
    expect(await interruptible(async () => 7)).toBe(7);
    expect([said.mock.calls, process.exitCode]).toEqual([[], undefined]);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('says at once what is waited for, and ends with 130', async () => {
    const result = await interruptible(async (signal) => {
      signal.addEventListener('abort', () => {
        const { reason } = signal;
        if (reason instanceof Interruption) reason.waitsFor.push('the 96 images under way');
      });
      process.emit('SIGINT');
      expect(said).toHaveBeenLastCalledWith(
        'stopping after the 96 images under way; Ctrl-C again stops now',
      );
      await sleep(5);
      signal.throwIfAborted();
    });
    expect([result, process.exitCode]).toEqual([undefined, 130]);
    expect(said).toHaveBeenLastCalledWith(KEPT);
  });

  it('ends with 130 where the work had come to its end by then', async () => {
    const result = await interruptible(async () => {
      process.emit('SIGTERM');
      return 7;
    });
    expect([result, process.exitCode]).toEqual([undefined, 130]);
    expect(said.mock.calls).toEqual([['stopping; Ctrl-C again stops now'], [KEPT]]);
  });

  it('passes on what the work throws', async () => {
    await expect(interruptible(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
    expect(process.exitCode).toBeUndefined();
  });

  it('stops at the second Ctrl-C even where a computation holds the thread', async () => {
    const module = new URL('../../dist/commands/interrupt.js', import.meta.url).href;
    const script = `import { interruptible } from '${module}';
      await interruptible(async () => {
        setInterval(() => {}, 1000);
        console.log('ready');
        await new Promise((resolve) => process.once('SIGINT', resolve));
        console.log('held');
        for (const end = Date.now() + 60_000; Date.now() < end; );
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const heard = (word: string) =>
      new Promise<void>((resolve) =>
        child.stdout.on('data', (data) => String(data).includes(word) && resolve()),
      );
    const ended = new Promise((resolve) => child.once('exit', (_, signal) => resolve(signal)));
    const held = heard('held');
    await heard('ready');
    child.kill('SIGINT');
    await held;
    const start = performance.now();
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
