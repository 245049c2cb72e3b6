import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openNpyRows } from '../../src/arrays/npy-file.ts';
import { sharedAlgebra } from '../../src/linalg/fast.ts';
import {
  distanceOfFeatures,
  type FeatureRows,
  referenceOfFeatures,
} from '../../src/metrics/features.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { featuresOf } from './feature-pools.ts';

const golden = fileURLToPath(new URL('../../../shared/golden/', import.meta.url));
const folder = temporaryFolder();

interface Value {
  readonly fid: number;
  readonly mean_term: number;
  readonly trace_a: number;
  readonly trace_b: number;
  readonly trace_sqrt: number;
}

// Real features of an Inception-v3, of which two hundred coordinates hardly vary. The values are by
// QR and SVD of the centred features, which does not square their condition.
const PAIRS = [
  ['first5000_vs_last5000', [0, 5000], [5000, 10_000], 2048, 1e-10],
  ['first5000_vs_rows5000_7500', [0, 5000], [5000, 7500], 2048, 1e-10],
  ['first5000_vs_rows5000_6000', [0, 5000], [5000, 6000], 2048, 1e-9],
  ['first2500_vs_rows2500_5000_dims0_64', [0, 2500], [2500, 5000], 64, 1e-10],
] as const;

describe('distanceOfFeatures on real features', () => {
  it.for(PAIRS)('gives the golden FID and terms of %s', async (pair, { skip }) => {
    if (!existsSync(golden)) skip(`no golden features in ${golden}`);
    const [name, a, b, dimension, bound] = pair;
    const algebra = sharedAlgebra();
    const reference = await referenceOfFeatures(part(a, dimension), algebra);
    const terms = await distanceOfFeatures(reference, part(b, dimension), algebra);
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
  const values = JSON.parse(readFileSync(join(golden, 'fid-values.json'), 'utf8'));
  return (values as Record<string, Value>)[name]!;
}

/** Rows start to end of the golden features, their first coordinates. */
function part([start, end]: readonly [number, number], dimension: number): FeatureRows {
  const path = join(folder, 'features.npy');
  if (!existsSync(path)) {
    writeFileSync(path, gunzipSync(readFileSync(join(golden, 'cifar10-test-features.npy.gz'))));
  }
  const file = openNpyRows(path);
  const rows = end - start;
  const whole = new Float64Array(rows * file.dimension);
  file.readBlock(start, rows, whole);
  file.close();
  const data = new Float64Array(rows * dimension);
  for (let i = 0; i < rows; i++) {
    const from = i * file.dimension;
    data.set(whole.subarray(from, from + dimension), i * dimension);
  }
  return featuresOf({ data, rows, columns: dimension });
}
