import { join } from 'node:path';
import type { DrawSpec } from '../draws/spec.ts';
import { environment } from '../provenance/environment.ts';
import { hashesOfTables, manifestName, sealedManifest } from '../provenance/manifest.ts';
import { writeEstimates } from '../tables/estimates.ts';
import { REFERENCE_FACT } from '../tables/fid-caption.ts';
import { writeWhole } from '../tables/files.ts';
import { thousands } from '../tables/number.ts';
import { writePerformance } from '../tables/performance.ts';
import type { SweepInputs } from './inputs.ts';
import type { MetricResult } from './metric-results.ts';
import { referenceInWords } from './notes.ts';
import { type SweepResult, sweepIdentity } from './run.ts';
import type { SweepSettings } from './settings.ts';

/** Version of manifest.json's form. */
export const SWEEP_FORMAT = 'fid-study sweep 1';

/**
 * The manifest of a sweep: everything needed to run it again, its estimand and published values, and
 * the machine it ran on. No clock: the same sweep gives the same bytes.
 */
export function sweepManifest(
  settings: SweepSettings,
  inputs: SweepInputs,
  { experiment, estimand, fit, summary, notes, metrics, machines }: SweepResult,
  command: readonly string[],
) {
  const { pool, referenceSize, population, published, provenance, name } = inputs;
  const draws = settings.seeds.length;
  const source = 'surrogate' in provenance ? `surrogate ${name}` : name;
  const title = `${source}, ${draws} seed${draws === 1 ? '' : 's'}`;
  return {
    format: SWEEP_FORMAT,
    experiment,
    title,
    summary,
    command,
    settings,
    sweep: sweepIdentity(settings, inputs),
    /** Precision of draws that were computed through their covariance. */
    precision: inputs.source.precision ?? 'double',
    inputs: provenance,
    pool,
    reference_size: referenceSize,
    population,
    estimand,
    published: [...published],
    fit: fit && { ...fit, sizes: [...fit.sizes] },
    ...(metrics.length > 0 && { metrics: metrics.map(metricRecord) }),
    notes,
    facts: facts(settings, inputs),
    ...(machines.length > 0 && { machines }),
    environment: environment(),
  };
}

/** A metric besides FID in a manifest. */
function metricRecord({ name, title, estimand, summary }: MetricResult) {
  return { name, title, estimand, summary };
}

/** Writes estimates.csv, performance.csv and manifest.json with their hashes; returns their paths. */
export async function writeSweep(
  folder: string,
  settings: SweepSettings,
  { estimates, performance }: SweepResult,
  manifest: ReturnType<typeof sweepManifest>,
): Promise<string[]> {
  const path = (name: string) => join(folder, name);
  // Times differ between runs: the column is always there, but filled only on request.
  const rows = settings.timings ? estimates : estimates.map((row) => ({ ...row, seconds: null }));
  await writeEstimates(path('estimates.csv'), rows);
  await writePerformance(path('performance.csv'), performance);
  const files = await hashesOfTables([path('estimates.csv'), path('performance.csv')]);
  await writeWhole(path(manifestName), sealedManifest({ ...manifest, files }));
  return [path('estimates.csv'), path('performance.csv'), path(manifestName)];
}

/** Of the rows of a surrogate; a pool's are its own. */
const HOW_DRAWN: Readonly<Record<DrawSpec['rows']['kind'], string>> = {
  normals: 'row by row',
  blocks: 'blocks of rows by their moments',
  'exact-moments': 'moments drawn directly',
  pool: 'rows of the pool',
};

function facts(
  { sizes, seeds, study_seed, nested, replacement }: SweepSettings,
  inputs: SweepInputs,
) {
  const { pool, name, source } = inputs;
  const drawn =
    pool === null
      ? `fresh for every seed, ${HOW_DRAWN[source.rows.kind]}`
      : `from a pool of ${thousands(pool)} with${replacement ? '' : 'out'} replacement`;
  const { cpu, cores, node, study, libraries } = environment();
  return [
    { label: 'source', value: name },
    { label: 'sizes', value: sizes.map(thousands).join(', ') },
    { label: 'seeds', value: `${seeds.join(', ')} of study seed ${study_seed}` },
    { label: 'draws', value: `${drawn}${nested ? ', sizes of a seed nested' : ''}` },
    { label: REFERENCE_FACT, value: referenceInWords(inputs) },
    { label: 'machine', value: `${cpu}, ${cores} cores` },
    {
      label: 'software',
      value: `fid-study ${study}, onnxruntime ${libraries['onnxruntime-node']}, Node ${node}`,
    },
  ];
}
