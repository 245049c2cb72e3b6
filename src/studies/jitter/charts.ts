import { basename } from 'node:path';
import { jitterCharts } from '../../charts/jitter.ts';
import type { NamedChart } from '../../charts/render.ts';
import type { JitterRow } from '../../tables/jitter.ts';
import { thousands } from '../../tables/number.ts';
import { devicesIn } from './advice.ts';
import type { Measures } from './measures.ts';
import type { SamplingError } from './sampling-error.ts';
import type { JitterSettings } from './settings.ts';
import { factorChanges, measureChanges } from './summary.ts';

/** What the charts show: jitter.csv, the measures of the baseline, and sampling.csv. */
export interface JitterResult {
  readonly rows: readonly JitterRow[];
  readonly baseline: Pick<Measures, 'fid'>;
  readonly sampling: readonly SamplingError[];
}

/**
 * The charts of the study.
 *
 * @param model name of the extractor
 */
export function chartsOf(
  { rows, baseline, sampling }: JitterResult,
  settings: Pick<JitterSettings, 'corruption' | 'pool' | 'reference'>,
  model: string,
): NamedChart[] {
  const count = rows[0]?.images ?? 0;
  return jitterCharts({
    title: `${thousands(count)} images and their copies (${settings.corruption}), ${model}`,
    factors: factorChanges(rows),
    measures: measureChanges(rows),
    fid: baseline.fid!,
    sampling,
    drawn: drawnOf(settings),
    devices: devicesIn(rows.filter(({ status }) => status === 'ok')),
  });
}

/** `train/** against test/**`: the sets of the sampling error. */
export function drawnOf({ pool, reference }: Pick<JitterSettings, 'pool' | 'reference'>): string {
  const name = (side: JitterSettings['pool']) => side?.glob ?? basename(side?.path ?? '');
  return `${name(pool)} against ${name(reference)}`;
}
