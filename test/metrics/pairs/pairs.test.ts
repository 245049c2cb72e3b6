import { describe, expect, it } from 'vitest';
import { metricNamed } from '../../../src/metrics/registry.ts';
import { context, normals } from '../kinds/samples.ts';

describe('the passes over pairs', () => {
  it('are counted as one: up to all pairs within both samples and between them', async () => {
    const seen: [number, number][] = [];
    const onPairs = (done: number, total: number) => void seen.push([done, total]);
    const [draw, reference] = [normals(2100, 3, 'x'), normals(50, 3, 'y')];
    await metricNamed('recall').value(draw, reference, { ...context, onPairs });
    const total = (2100 * 2099) / 2 + (50 * 49) / 2 + 2100 * 50;
    expect(new Set(seen.map(([, of]) => of))).toEqual(new Set([total]));
    const counts = seen.map(([done]) => done);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(total);
  });
});
