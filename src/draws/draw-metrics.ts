import { largestOf } from '../arrays/extremes.ts';
import { openNpyRows } from '../arrays/npy-file.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { type LinearMap, mapRows } from '../linalg/linear-map.ts';
import { pairWorkOf } from '../metrics/pairs/pairs.ts';
import { metricsNamed } from '../metrics/registry.ts';
import { type Rows, rowsInMemory, sampleOf } from '../metrics/sample.ts';
import { normalSource } from '../random/normals.ts';
import { stream } from '../random/stream.ts';
import { drawnBlocks } from './drawn-blocks.ts';
import { openSample } from './file-rows.ts';
import type { ReferenceRows } from './metric-spec.ts';
import { openRows } from './open-rows.ts';
import type { DrawUnit, MetricValue } from './outcome.ts';
import type { DrawSpec, RowReader, Sampling } from './spec.ts';

/** The metrics of one draw, by name. */
export type MetricValues = Readonly<Record<string, MetricValue>>;

/** Computes the metrics of draws besides FID. */
export interface OpenMetrics {
  /** Reads the rows of a unit; the result computes the metrics of one of its sizes. */
  ofUnit(unit: DrawUnit, algebra: LinearAlgebra): Promise<(size: number) => Promise<MetricValues>>;
  close(): void;
}

/** Opens what the metrics of a source's draws read, in the thread that computes them. */
export function openMetrics(source: DrawSpec, sampling: Sampling): OpenMetrics | null {
  const { metrics: spec } = source;
  if (!spec) return null;
  const wanted = metricsNamed(spec.names);
  const pairs = pairWorkOf(wanted);
  const { reference, extra = {} } = spec;
  const inFile =
    reference.kind === 'file' ? openSample(reference.path, reference.extra, reference.of) : null;
  return {
    async ofUnit(unit, algebra) {
      const own = await generatedRows(source, sampling, unit, algebra);
      const logits = await poolRows(source, sampling, unit, extra.logits);
      const spatial = await poolRows(source, sampling, unit, extra.spatial);
      const other =
        reference.kind === 'file'
          ? inFile!.sample
          : sampleOf(await referenceRows(reference, sampling, unit, algebra));
      return async (size) => {
        const first = <Some extends Rows | null>(all: Some) => all && { ...all, rows: size };
        const draw = sampleOf(first(own), { logits: first(logits), spatial: first(spatial) });
        const context = { algebra, pairs, key: [sampling.studySeed, unit.seed] };
        const found: Record<string, MetricValue> = {};
        for (const metric of wanted) {
          found[metric.name] = await measured(() => metric.value(draw, other, context));
        }
        return found;
      };
    },
    close: () => inFile?.close(),
  };
}

async function measured(compute: () => Promise<number>): Promise<MetricValue> {
  const start = performance.now();
  try {
    const value = await compute();
    if (!Number.isFinite(value)) throw new Error(`the value is ${value}`);
    return { value, seconds: (performance.now() - start) / 1000, error: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { value: null, seconds: (performance.now() - start) / 1000, error: message };
  }
}

/** Rows x of a unit's largest draw. */
async function generatedRows(
  source: DrawSpec,
  sampling: Sampling,
  unit: DrawUnit,
  algebra: LinearAlgebra,
): Promise<Rows> {
  const { rows, geometry } = source;
  if (rows.kind === 'pool') return (await poolRows(source, sampling, unit, rows.path))!;
  const opened = openRows(rows, sampling);
  const { map, offset } = geometry;
  const reader = opened.draw(unit.seed, unit.sizes);
  try {
    return await mapped(reader, largestOf(unit.wanted), geometry.dimension, map, offset, algebra);
  } finally {
    await opened.close();
  }
}

/** Rows of a file of the pool: those of the unit's largest draw, in its order. */
async function poolRows(
  { rows: spec }: DrawSpec,
  sampling: Sampling,
  unit: DrawUnit,
  path: string | undefined,
): Promise<Rows | null> {
  if (path === undefined || spec.kind !== 'pool') return null;
  const columns = dimensionOf(path);
  const opened = openRows({ ...spec, path, shift: new Float64Array(columns) }, sampling);
  try {
    const count = largestOf(unit.wanted);
    const data = new Float32Array(count * columns);
    let at = 0;
    const reader = opened.draw(unit.seed, unit.sizes);
    for await (const block of drawnBlocks(reader, count, columns)) {
      data.set(block.data.subarray(0, block.count * columns), at);
      at += block.count * columns;
    }
    return rowsInMemory(data, count, columns);
  } finally {
    await opened.close();
  }
}

/** Rows of a reference that is drawn: fresh ones for every seed, like those of the draw. */
function referenceRows(
  { rows, dimension, map }: Extract<ReferenceRows, { kind: 'normals' }>,
  { studySeed }: Sampling,
  { seed }: DrawUnit,
  algebra: LinearAlgebra,
): Promise<Rows> {
  const normals = normalSource(stream(studySeed, seed, 'reference'));
  const reader: RowReader = { next: (out) => void normals.fill(out) };
  return mapped(reader, rows, dimension, map, null, algebra);
}

/** Rows z of a reader as x = offset + z · map, as seen from the reference's mean. */
async function mapped(
  reader: RowReader,
  count: number,
  dimension: number,
  map: LinearMap,
  offset: Float64Array | null,
  { gemm }: LinearAlgebra,
): Promise<Rows> {
  const d = offset?.length ?? (map.kind === 'dense' ? map.matrix.columns : dimension);
  const data = new Float32Array(count * d);
  let at = 0;
  for await (const { data: z, count: rows } of drawnBlocks(reader, count, dimension)) {
    const block = { data: z.subarray(0, rows * dimension), rows, columns: dimension };
    const x = (await mapRows(map, block, gemm)).data;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < d; j++) data[at++] = x[i * d + j]! + (offset?.[j] ?? 0);
    }
  }
  return rowsInMemory(data, count, d);
}

function dimensionOf(path: string): number {
  const file = openNpyRows(path);
  file.close();
  return file.dimension;
}
