import { StudyError } from '../errors.ts';
import { metrics as known, metricNamed } from '../metrics/registry.ts';
import { FID } from '../tables/metric-column.ts';

/** Names of metrics, from a list such as `fid,kid`, each once; `all` stays. @throws StudyError */
export function parseMetrics(given: string | readonly string[]): string[] {
  const list = typeof given === 'string' ? given.split(',') : given;
  const names = list.map((name) => name.trim()).filter((name) => name !== '');
  if (names.length === 0) throw new StudyError('no metric', 'give some, as in --metric fid,kid');
  if (names.includes('all')) return ['all'];
  const wanted = new Set(names.map((name) => metricNamed(name).name));
  return known.map(({ name }) => name).filter((name) => wanted.has(name));
}

/** Whether only FID is asked for, as by default. */
export function isFidAlone(metric: readonly string[] | undefined): boolean {
  return metric === undefined || (metric.length === 1 && metric[0] === FID);
}
