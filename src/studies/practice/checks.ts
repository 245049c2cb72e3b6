import { mean, variance } from '../../theory/statistics.ts';

/** One measured effect of a piece of advice: a row of practice.csv. */
export interface CheckRow {
  readonly advice: string;
  /** How the advice was followed, or not. */
  readonly setting: string;
  readonly measure: string;
  readonly value: number;
  /** Monte-Carlo SE; null without one. */
  readonly mcse: number | null;
  readonly draws: number | null;
}

export const CHECK_COLUMNS = [
  'advice',
  'setting',
  'measure',
  'value',
  'mcse',
  'draws',
] as const satisfies readonly (keyof CheckRow)[];

/** Mean of some draws with its Monte-Carlo SE. */
export function averaged(
  names: Pick<CheckRow, 'advice' | 'setting' | 'measure'>,
  values: readonly number[],
): CheckRow {
  const s2 = variance(values);
  const mcse = s2 === null ? null : Math.sqrt(s2 / values.length);
  return { ...names, value: mean(values), mcse, draws: values.length };
}

/** FIDs of two models by draw. */
export interface TwoModels {
  readonly setting: string;
  readonly better: readonly number[];
  readonly worse: readonly number[];
}

/** How two models compare if the first is better by a known difference. */
export function comparison(
  advice: string,
  { setting, better, worse }: TwoModels,
  truth: number,
): CheckRow[] {
  const differences = worse.map((fid, i) => fid - better[i]!);
  const wrong = differences.filter((difference) => difference <= 0).length;
  return [
    averaged({ advice, setting, measure: 'difference of FID' }, differences),
    averaged(
      { advice, setting, measure: 'bias of the difference' },
      differences.map((difference) => difference - truth),
    ),
    {
      advice,
      setting,
      measure: 'share of draws with the wrong order',
      value: wrong / differences.length,
      mcse: null,
      draws: differences.length,
    },
  ];
}
