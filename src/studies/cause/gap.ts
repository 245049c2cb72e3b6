import { mean, variance } from '../../theory/statistics.ts';
import type { Switched } from './switched-off.ts';

/** The key of the stream of a draw's moments. */
export function drawKey(size: number, draw: number): (string | number)[] {
  return ['cause', 'gap', size, draw];
}

/** The gap between two numbers of images with one factor removed. */
export interface GapRow {
  readonly switched_off: string;
  readonly draws: number;
  /** Mean FID at the smaller and the larger number of images. */
  readonly fid_small: number;
  readonly fid_large: number;
  readonly gap: number;
  /** Monte-Carlo SE of the gap. */
  readonly mcse: number | null;
  /** Share of the plug-in's gap that disappears: 1 for the whole cause, 0 for no cause. */
  readonly share: number;
  /** Monte-Carlo SE of the share, from differences within draws. */
  readonly share_mcse: number | null;
}

export const GAP_COLUMNS = [
  'switched_off',
  'draws',
  'fid_small',
  'fid_large',
  'gap',
  'mcse',
  'share',
  'share_mcse',
] as const satisfies readonly (keyof GapRow)[];

/** FIDs of the same draw at both sizes, computed in one way. */
export type Pair = readonly [small: number, large: number];

/**
 * A row of the table.
 *
 * @param pairs computed in one way, one per draw
 * @param plugIn the same draws, nothing switched off
 */
export function gapRow(
  switchedOff: string,
  pairs: readonly Pair[],
  plugIn: readonly Pair[],
): GapRow {
  const gaps = pairs.map(([small, large]) => small - large);
  const whole = mean(plugIn.slice(0, pairs.length).map(([small, large]) => small - large));
  const removed = pairs.map((_, i) => plugIn[i]![0] - plugIn[i]![1] - gaps[i]!);
  const se = (values: readonly number[]) => {
    const s2 = variance(values);
    return s2 === null ? null : Math.sqrt(s2 / values.length);
  };
  const shareSe = se(removed);
  return {
    switched_off: switchedOff,
    draws: pairs.length,
    fid_small: mean(pairs.map(([small]) => small)),
    fid_large: mean(pairs.map(([, large]) => large)),
    gap: mean(gaps),
    mcse: se(gaps),
    share: mean(removed) / whole,
    share_mcse: shareSe === null ? null : shareSe / whole,
  };
}

/** All rows, one for each factor that is switched off. */
export function gapRows(
  draws: readonly (readonly [Switched, Switched])[],
  dimension: number,
  dimensions: readonly number[],
  scipy: readonly { readonly name: string; readonly pair: Pair }[],
): GapRow[] {
  const of = (value: (switched: Switched) => number): Pair[] =>
    draws.map(([small, large]) => [value(small), value(large)]);
  const plugIn = of(({ plug_in }) => plug_in);
  const row = (name: string, pairs: readonly Pair[]) => gapRow(name, pairs, plugIn);
  return [
    row('nothing', plugIn),
    row(
      'known mean',
      of(({ known_mean }) => known_mean),
    ),
    row(
      'known covariance',
      of(({ known_covariance }) => known_covariance),
    ),
    ...dimensions.map((d) =>
      row(
        `${d} of ${dimension} dimensions`,
        of(({ projected }) => projected[d]!),
      ),
    ),
    row(
      'float32',
      of(({ float32 }) => float32),
    ),
    ...scipy.map(({ name, pair }) => row(name, [pair])),
  ];
}
