import type { LinearMap } from '../linalg/linear-map.ts';
import type { DrawJob } from './engine.ts';

/**
 * The same job with the factor of its reference in memory that all workers read. Otherwise each worker
 * would get a copy (33 MB at d = 2048).
 */
export function shared(job: DrawJob): DrawJob {
  const { source } = job;
  const geometry = { ...source.geometry, whitened: sharedMap(source.geometry.whitened) };
  return { ...job, source: { ...source, geometry } };
}

function sharedMap(map: LinearMap): LinearMap {
  if (map.kind !== 'dense') return map;
  const { data } = map.matrix;
  if (data.buffer instanceof SharedArrayBuffer) return map;
  const copy = new Float64Array(new SharedArrayBuffer(data.byteLength));
  copy.set(data);
  return { kind: 'dense', matrix: { ...map.matrix, data: copy } };
}
