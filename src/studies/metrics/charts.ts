import type { NamedChart } from '../../charts/render.ts';
import type { MetricsResult } from './result.ts';

export function metricsCharts(_: MetricsResult): NamedChart[] {
  return [];
}
