import { biasAndSe } from './bias-and-se.ts';
import { fidAgainstInverseN } from './fid-against-inverse-n.ts';
import { fidAgainstN } from './fid-against-n.ts';
import type { ChartData } from './inputs.ts';
import type { NamedChart } from './render.ts';

/** Every chart of a sweep, by the name of its files. */
export function sweepCharts(data: ChartData): NamedChart[] {
  return [
    { name: 'fid-against-n', spec: fidAgainstN(data) },
    { name: 'fid-against-inverse-n', spec: fidAgainstInverseN(data) },
    { name: 'bias-and-se', spec: biasAndSe(data) },
  ];
}
