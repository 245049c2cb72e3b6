import { largestOf } from '../../arrays/extremes.ts';
import type { JitterRow } from '../../tables/jitter.ts';
import { thousands } from '../../tables/number.ts';
import { distanceNames, pairNames } from './measures.ts';
import { largestChange } from './rows.ts';
import type { SamplingError } from './sampling-error.ts';

/** One piece of advice and its test: a row of advice.csv. */
export interface AdviceRow {
  readonly experiment: string;
  /** As given in https://github.com/chaofengc/IQA-PyTorch/issues/188. */
  readonly advice: string;
  /** What was compared. */
  readonly test: string;
  /** Largest change in the test, relative to the value; null if nothing was tested. */
  readonly measured: number | null;
  readonly verdict: string;
}

export const ADVICE_COLUMNS = [
  'experiment',
  'advice',
  'test',
  'measured',
  'verdict',
] as const satisfies readonly (keyof AdviceRow)[];

const fids: readonly string[] = distanceNames;

/** Two FIDs: one shows the effect of rounding, the other that of too few images. */
export interface TwoFids {
  /** Of the images against their copies, which were extracted repeatedly. */
  readonly fid: number;
  readonly sampling: readonly SamplingError[];
  /** The sets of the other FID: `train/** against test/**`. */
  readonly drawn: string;
}

/** The advice of the report, each piece tested on what was measured here. */
export function adviceRows(
  experiment: string,
  rows: readonly JitterRow[],
  two: TwoFids,
): AdviceRow[] {
  const relative = (of: (row: JitterRow) => boolean) =>
    largestChange(rows, ['feature_relative_change'], of, 'relative_change');
  const ofFid = (of: (row: JitterRow) => boolean) =>
    largestChange(rows, fids, of, 'relative_change');
  const repeats = relative(({ factor, run }) => factor === 'run' || run > 1);
  const networks = relative(({ factor }) => factor === 'workers');
  const batches = relative(({ factor }) => factor === 'batch_size');
  const computed = (row: JitterRow) => row.storage === 'float32';
  const everything = largestChange(rows, pairNames, computed, 'relative_change');
  const isElsewhere = ({ factor }: JitterRow) => /^(instructions|provider)/.test(factor);
  const elsewhere = ofFid(isElsewhere);
  return [
    {
      experiment,
      advice: 'set the deterministic flags',
      test: 'features of repeated runs, and of batches split between 1 or 2 single-threaded networks, as --deterministic splits them',
      measured: largest([repeats, networks]),
      verdict: sameBits(
        largest([repeats, networks]),
        'bit-identical, with these networks and without: no flag is needed on this processor',
        'not bit-identical: set them',
      ),
    },
    {
      experiment,
      advice: 'use a batch size of 1',
      test: 'features in batches of 1, compared with batches of 32',
      measured: batches,
      verdict: sameBits(
        batches,
        'changes no bit: here a row does not depend on its batch; batches of 1 only cost time',
        'features depend on the batch size: use one size throughout',
      ),
    },
    {
      experiment,
      advice: 'differences in the first decimal do not matter',
      test: 'largest change of FID over all ways to compute the same features, compared with the sampling error of another FID',
      measured: everything,
      verdict: firstDecimal(largestChange(rows, pairNames, computed), two),
    },
    {
      experiment,
      advice: 'name your environment',
      test: environmentTest(rows.filter((row) => row.status === 'ok')),
      measured: elsewhere,
      verdict: environments(elsewhere),
    },
  ];
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : largestOf(known);
}

function sameBits(measured: number | null, same: string, other: string): string {
  if (measured === null) return 'not tested here';
  return measured === 0 ? same : other;
}

/** @param change of the FID of images and copies, absolute */
function firstDecimal(change: number | null, { fid, sampling, drawn }: TwoFids): string {
  if (change === null) return 'not tested here';
  const by = change === 0 ? 'does not change' : `changes by ${change.toExponential(1)} at most`;
  const rounding = `the FID of the images against their copies, ${fid.toPrecision(3)}, ${by}: a difference in the first decimal is not rounding, but other images, another N or other preprocessing`;
  const spread = sampling.filter(({ kind }) => kind === 'sd');
  if (spread.length === 0) return rounding;
  const errors = spread.map(({ size, value, basis }) => {
    const times = change === 0 ? '' : `, ${timesAsLarge(value, change)}`;
    const how = basis === 'extrapolated' ? ' (extrapolated)' : '';
    return `${value.toExponential(1)} at ${thousands(size)} images${how}${times}`;
  });
  return `${rounding}; the sampling SD of another FID, ${drawn}, is ${errors.join(', and ')}`;
}

/** To one digit: 2,000 times as large. */
function timesAsLarge(value: number, change: number): string {
  return `${thousands(Number((value / change).toPrecision(1)))} times as large`;
}

/** Which properties of other machines were tried on this one. */
function environmentTest(rows: readonly JitterRow[]): string {
  const others = ['instructions', 'provider'].filter((name) =>
    rows.some(({ factor }) => factor.split('+').includes(name)),
  );
  const words = others.map((name) => (name === 'provider' ? 'providers' : 'vector instructions'));
  const tried =
    words.length === 0
      ? 'this environment only'
      : `FID with other ${words.join(' and ')}, compared with this environment`;
  return `${tried}; ${devicesIn(rows)}`;
}

/** Which devices were measured; the report's differences were those of cuDNN. */
export function devicesIn(rows: readonly JitterRow[]): string {
  const providers = [...new Set(rows.map(({ provider }) => provider))];
  const others = providers.filter((provider) => provider !== 'cpu');
  if (others.length > 0) return `measured on ${providers.join(', ')}`;
  return 'no GPU was measured (the report is about GPUs)';
}

function environments(measured: number | null): string {
  if (measured === null) return 'not tested here';
  if (measured === 0) return 'changes no bit in these tests; other machines may';
  const digits = Math.floor(-Math.log10(measured));
  return `changes FID from digit ${digits + 1} on: name it, since it explains the last digits; larger differences come from the number of images, the weights or the resizing`;
}
