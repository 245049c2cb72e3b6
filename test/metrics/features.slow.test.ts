import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import { distanceOfFeatures, referenceOfFeatures } from '../../src/metrics/features.ts';
import { FEATURES, golden, goldenRows, lacksGolden } from '../golden.ts';
import { featuresOf } from './feature-pools.ts';

const VALUES = 'fid-values.json';

interface Value {
  readonly fid: number;
  readonly mean_term: number;
  readonly trace_a: number;
  readonly trace_b: number;
  readonly trace_sqrt: number;
}

// Real features of an Inception-v3, of which two hundred coordinates hardly vary. The values are by
// QR and SVD of the centred features, which does not square their condition.
type Rows = readonly [start: number, end: number];
const PAIRS: readonly (readonly [string, Rows, Rows, number, number])[] = [
  ['first5000_vs_last5000', [0, 5000], [5000, 10_000], 2048, 1e-10],
  ['first5000_vs_rows5000_7500', [0, 5000], [5000, 7500], 2048, 1e-10],
  ['first5000_vs_rows5000_6000', [0, 5000], [5000, 6000], 2048, 1e-9],
  ['first2500_vs_rows2500_5000_dims0_64', [0, 2500], [2500, 5000], 64, 1e-10],
];

describe.skipIf(lacksGolden(FEATURES, VALUES))('distanceOfFeatures on real features', () => {
  it.for(PAIRS)('gives the golden FID and terms of %s', async ([name, a, b, dimension, bound]) => {
    const algebra = sharedAlgebra();
    const reference = await referenceOfFeatures(featuresOf(goldenRows(...a, dimension)), algebra);
    const terms = await distanceOfFeatures(
      reference,
      featuresOf(goldenRows(...b, dimension)),
      algebra,
    );
    const expected = value(name);
    expect(Math.abs(terms.meanTerm - expected.mean_term)).toBeLessThan(1e-12);
    expect(Math.abs(terms.traceReference - expected.trace_a)).toBeLessThan(1e-12);
    expect(Math.abs(terms.traceGenerated - expected.trace_b)).toBeLessThan(1e-12);
    expect(Math.abs(terms.distance - expected.fid)).toBeLessThan(bound);
    // The distance has it twice.
    expect(Math.abs(terms.traceSqrt - expected.trace_sqrt)).toBeLessThan(bound / 2);
  });
});

function value(name: string): Value {
  const values = JSON.parse(readFileSync(golden(VALUES), 'utf8'));
  return (values as Record<string, Value>)[name]!;
}
