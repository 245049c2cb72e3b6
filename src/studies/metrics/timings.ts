import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { metrics } from '../../metrics/registry.ts';
import { type Rows, rowsInMemory, sampleOf } from '../../metrics/sample.ts';
import type { TimingRow } from '../../tables/timings.ts';
import { timingRow } from '../../tables/timings.ts';
import type { Pool } from '../real-images/pool.ts';

/** Images of the timed draw. */
const ROWS = 2000;

/** How long each metric takes alone: the passes over pairs that several share are not shared here. */
export async function metricTimings(
  experiment: string,
  generated: Pool,
  reference: Pool,
  algebra: LinearAlgebra,
): Promise<TimingRow[]> {
  // Some metrics need as many references.
  const x = inMemory(generated, Math.min(ROWS, reference.rows));
  const y = inMemory(reference, reference.rows);
  const found: TimingRow[] = [];
  for (const metric of metrics) {
    if (metric.needs.some((need) => need === 'logits' || need === 'spatial')) continue;
    // New objects: nothing that another metric computed is kept.
    const [draw, against] = [sampleOf(x), sampleOf(y)];
    const start = performance.now();
    await metric.value(draw, against, { algebra, key: [0] });
    const seconds = (performance.now() - start) / 1000;
    found.push(
      timingRow({ experiment, what: metric.name, count: x.rows, unit: 'images', seconds }),
    );
  }
  return found;
}

function inMemory(pool: Pool, most: number): Rows {
  const rows = Math.min(most, pool.rows);
  const data = new Float64Array(rows * pool.dimension);
  pool.readBlock(0, rows, data);
  return rowsInMemory(Float32Array.from(data), rows, pool.dimension);
}
