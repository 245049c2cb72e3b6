import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { environment, packageVersion } from '../../src/provenance/environment.ts';

describe('environment', () => {
  it('names what one needs to explain a difference between two results', () => {
    const { node, libraries, cores, memoryBytes, study, cpu } = environment();
    expect(node).toBe(process.versions.node);
    expect(Object.keys(libraries)).toEqual(
      expect.arrayContaining(['onnxruntime-node', 'sharp', 'seedrandom', '@blazediff/ssim']),
    );
    for (const version of [study, ...Object.values(libraries)]) {
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
    }
    expect(study).toBe(packageVersion());
    expect(cpu).not.toBe('');
    expect(cores).toBeGreaterThanOrEqual(1);
    expect(memoryBytes).toBeGreaterThan(2 ** 28);
  });

  it('names the operating system, and the instructions that rounding may depend on', () => {
    const { os, instructions } = environment();
    expect(os).not.toBe('');
    expect(instructions).toEqual([...instructions].sort());
    // Whether the processor has AVX2 is what the kernel says of it.
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    const flags =
      readFileSync('/proc/cpuinfo', 'utf8')
        .match(/^flags.*$/m)?.[0]
        .split(' ') ?? [];
    expect(instructions.includes('avx2')).toBe(flags.includes('avx2'));
    expect(instructions.includes('avx512f')).toBe(flags.includes('avx512f'));
    expect(instructions).not.toContain('fpu');
  });

  it('names the commit of a clone, or null', () => {
    const { commit } = environment();
    if (commit !== null) expect(commit).toMatch(/^[0-9a-f]{40}(-dirty)?$/);
  });
});
