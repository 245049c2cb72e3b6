import { StudyError } from '../errors.ts';
import { authpct } from './kinds/authpct.ts';
import { cmmd, cmmdUnbiased } from './kinds/cmmd.ts';
import { coverage } from './kinds/coverage.ts';
import { density } from './kinds/density.ts';
import { fid } from './kinds/fid.ts';
import { inceptionScore } from './kinds/inception-score.ts';
import { kid } from './kinds/kid.ts';
import { mind } from './kinds/mind.ts';
import { precision } from './kinds/precision.ts';
import { recall } from './kinds/recall.ts';
import { sfid } from './kinds/sfid.ts';
import { vendi } from './kinds/vendi.ts';
import type { Metric } from './metric.ts';

/** Every metric, in the order of tables. */
export const metrics: readonly Metric[] = [
  fid,
  kid,
  precision,
  recall,
  density,
  coverage,
  cmmd,
  cmmdUnbiased,
  mind,
  vendi,
  inceptionScore,
  sfid,
  authpct,
];

export const metricNames: readonly string[] = metrics.map(({ name }) => name);

/** @throws StudyError for an unknown name */
export function metricNamed(name: string): Metric {
  const found = metrics.find((metric) => metric.name === name);
  if (found) return found;
  throw new StudyError(
    `unknown metric: ${name}`,
    `the metrics are ${metricNames.join(', ')}, or all`,
  );
}

/** A list of names, each once, in the order of tables. @throws StudyError for an unknown one */
export function metricsNamed(names: readonly string[]): readonly Metric[] {
  const wanted = new Set(names.map(metricNamed));
  return metrics.filter((metric) => wanted.has(metric));
}
