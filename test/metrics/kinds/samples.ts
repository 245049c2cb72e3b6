import { fastAlgebra } from '../../../src/linalg/fast.ts';
import type { Matrix } from '../../../src/linalg/gemm.ts';
import type { MetricContext } from '../../../src/metrics/metric.ts';
import { metricNamed } from '../../../src/metrics/registry.ts';
import { rowsInMemory, type Sample, sampleOf } from '../../../src/metrics/sample.ts';
import { randomMatrix } from '../../linalg/plain.ts';

export const context: MetricContext = { algebra: fastAlgebra(1), key: [0] };

/** A sample of the rows of a matrix. */
export function sampleFrom({ data, rows, columns }: Matrix): Sample {
  return sampleOf(rowsInMemory(Float32Array.from(data), rows, columns));
}

/** Standard normal rows, or these moved along the first coordinate. */
export function normals(rows: number, columns: number, seed: string, shift = 0): Sample {
  const matrix = randomMatrix(rows, columns, seed);
  for (let i = 0; i < rows; i++) matrix.data[i * columns]! += shift;
  return sampleFrom(matrix);
}

/** A metric of two samples. */
export function metricOf(name: string, draw: Sample, reference: Sample): Promise<number> {
  return metricNamed(name).value(draw, reference, context);
}

/** The rows of a sample, as arrays. */
export function rowsOf(sample: Sample): number[][] {
  const { rows, dimension } = sample;
  return Array.from({ length: rows }, (_, i) => [
    ...sample.read(i, 1, new Float32Array(dimension)),
  ]);
}
