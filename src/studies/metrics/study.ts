import { join } from 'node:path';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { mind } from '../../metrics/kinds/mind.ts';
import { loadSurrogate, resolveSurrogate } from '../../surrogates/load.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';
import { engineFor } from '../../sweep/engine.ts';
import { surrogateInputs } from '../../sweep/inputs.ts';
import { runSweep, type SweepResult } from '../../sweep/run.ts';
import { parseSettings, type SweepInput } from '../../sweep/settings.ts';
import { FID } from '../../tables/metric-column.ts';
import { defineStudy, type StudyContext } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';
import { sweepPair } from '../real-images/pair.ts';
import type { Pool } from '../real-images/pool.ts';
import { biasRows, effectRows } from './bias.ts';
import { metricsCharts } from './charts.ts';
import { claimRow, claimRows, populationMind } from './claim.ts';
import { estimatedFids } from './estimated.ts';
import { rankReversals } from './ranks.ts';
import { openRealPairs } from './real.ts';
import { type MetricsResult, SURROGATE } from './result.ts';
import { type MetricsSettings, metricsSettings } from './settings.ts';
import { screenLines, writeTables } from './tables.ts';
import { metricTimings } from './timings.ts';

/**
 * Every metric on the same draws: how it depends on N, compared with the difference that one wants to
 * see, and how often it ranks a worse set first.
 */
export const metricsStudy = defineStudy({
  name: 'metrics',
  summary: 'every metric against N: real images, corruptions of known rank, surrogates',
  settings: metricsSettings,
  async run(settings, context) {
    const opened: Pool[] = [];
    try {
      const { result, inputs } = await measure(settings, context, opened);
      const files = await writeTables(context.folder, result);
      const { renderCharts } = await import('../../charts/render.ts');
      const charts = await renderCharts(
        metricsCharts(result.biases, result.effects),
        context.folder,
      );
      const notes = [...new Set(result.comparisons.flatMap(({ notes }) => notes))];
      const manifest = await writeStudyManifest(context, settings, { notes, inputs });
      return {
        files: [...files, manifest, ...charts.flatMap(({ paths }) => paths)],
        lines: [...screenLines(result), '', ...notes.map((note) => `note: ${note}`)],
      };
    } finally {
      for (const pool of opened) pool.close();
    }
  },
});

async function measure(settings: MetricsSettings, context: StudyContext, opened: Pool[]) {
  const algebra = sharedAlgebra();
  const { real, seeds, study_seed: studySeed } = settings;
  const pairs = real
    ? await openRealPairs(real, { seeds, studySeed }, context, algebra, opened)
    : [];
  const comparisons: SweepResult[] = [];
  for (const pair of pairs) comparisons.push(await sweepPair(pair, context, algebra));

  const { definition, ...drawn } = settings.surrogate;
  const surrogate = await resolveSurrogate(definition, '.', algebra);
  const ofSurrogate = { ...drawn, study_seed: studySeed, metric: 'all', experiment: SURROGATE };
  comparisons.push(await sweepSurrogate(surrogate, ofSurrogate, context));

  const { source, few, many, seeds: draws } = settings.claim;
  const other = await loadSurrogate(source, algebra);
  const ofClaim = { seeds: draws, study_seed: studySeed };
  // FID of many images needs no rows; MIND has no other way.
  const fids = { ...ofClaim, sizes: [few, many], experiment: 'claim-fid' };
  const minds = { ...ofClaim, sizes: [few], metric: 'mind', experiment: 'claim-mind' };
  const estimated = await estimatedFids(
    other,
    { ...ofClaim, size: few, studySeed },
    context,
    algebra,
  );
  const claim = [
    ...claimRows(await sweepSurrogate(other, fids, context), FID, other.population.distance),
    claimRow(
      { metric: FID, method: estimated.method, size: few, truth: other.population.distance },
      estimated.values,
    ),
    ...claimRows(
      await sweepSurrogate(other, minds, context),
      mind.name,
      populationMind(other, studySeed),
    ),
  ];

  const estimates = comparisons.flatMap((each) => each.estimates);
  const corruptions = real?.corrupted.map(({ name }) => name) ?? [];
  const biases = biasRows(estimates);
  const [clean] = pairs;
  const timings = clean
    ? await context.steps.do(
        ['timings', ...pairs.map(({ generated }) => generated.provenance.sha256)],
        () => metricTimings(context.experiment.name, clean.generated, clean.referencePool, algebra),
      )
    : [];
  const result: MetricsResult = {
    comparisons,
    biases,
    effects: effectRows(biases, corruptions),
    reversed: rankReversals(estimates, corruptions),
    claim,
    timings,
  };
  const inputs = Object.fromEntries(
    pairs.map(({ name, referencePool, generated }) => [
      name,
      { reference: referencePool.provenance, generated: generated.provenance },
    ]),
  );
  return { result, inputs };
}

async function sweepSurrogate(
  surrogate: Surrogate,
  input: SweepInput & { readonly experiment: string },
  { folder, workers, array, restart, signal, progress }: StudyContext,
): Promise<SweepResult> {
  const line = progress(input.experiment, 'rows');
  const settings = parseSettings(input);
  const inputs = surrogateInputs(surrogate, settings);
  try {
    return await runSweep(settings, inputs, {
      engine: engineFor(settings, inputs, folder, workers, array),
      folder: join(folder, 'draws', input.experiment),
      restart,
      signal,
      onProgress: line.update,
    });
  } finally {
    line.stop();
  }
}
