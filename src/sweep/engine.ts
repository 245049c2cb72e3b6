import type { Engine } from '../draws/engine.ts';
import { metricBytes } from '../draws/metric-spec.ts';
import { workerPoolFor } from '../draws/worker-pool.ts';
import type { ArrayOptions } from '../jobs/prepare.ts';
import { arrayEngine } from './array/engine.ts';
import type { SweepInputs } from './inputs.ts';
import { chooseMetrics } from './metrics.ts';
import { sweepIdentity } from './run.ts';
import type { SweepSettings } from './settings.ts';

/** The engine of a sweep: worker threads, or the tasks of an array job below a folder. */
export function engineFor(
  settings: SweepSettings,
  inputs: SweepInputs,
  folder: string,
  workers: number | undefined,
  array: Omit<ArrayOptions, 'folder'> | undefined,
): Engine {
  const { spec } = chooseMetrics(settings, inputs);
  const more = metricBytes(spec, inputs.dimension, settings.sizes.at(-1)!);
  if (!array) return workerPoolFor(inputs.dimension, workers, more);
  const name = settings.experiment ?? inputs.name;
  const title = name === inputs.name ? name : `${name} (${inputs.name})`;
  const sweep = sweepIdentity(settings, inputs);
  return arrayEngine(`the sweep of ${title}`, sweep, { folder, ...array });
}
