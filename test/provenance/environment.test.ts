import { describe, expect, it } from 'vitest';
import { environment, packageVersion } from '../../src/provenance/environment.ts';

describe('environment', () => {
  it('names what one needs to explain a difference between two results', () => {
    const { node, libraries, cores, memoryBytes, study, cpu } = environment();
    expect(node).toBe(process.versions.node);
    expect(Object.keys(libraries)).toEqual(['onnxruntime-node', 'sharp', 'seedrandom']);
    for (const version of [study, ...Object.values(libraries)]) {
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
    }
    expect(study).toBe(packageVersion());
    expect(cpu).not.toBe('');
    expect(cores).toBeGreaterThanOrEqual(1);
    expect(memoryBytes).toBeGreaterThan(2 ** 28);
  });

  it('names the commit of a clone, or null', () => {
    const { commit } = environment();
    if (commit !== null) expect(commit).toMatch(/^[0-9a-f]{40}(-dirty)?$/);
  });
});
