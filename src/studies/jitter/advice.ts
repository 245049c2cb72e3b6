import type { JitterRow } from '../../tables/jitter.ts';
import { thousands } from '../../tables/number.ts';
import { distanceNames, pairNames } from './measures.ts';
import { largestChange } from './rows.ts';
import type { SamplingError } from './sampling-error.ts';

/** One piece of advice, put to the test: a row of advice.csv. */
export interface AdviceRow {
  readonly experiment: string;
  /** As given in https://github.com/chaofengc/IQA-PyTorch/issues/188. */
  readonly advice: string;
  /** What was looked at. */
  readonly test: string;
  /** Largest change that the test saw, relative to the value; null where nothing could be seen. */
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

/** Two FIDs that stand beside each other: what rounding moves, and what too few images do. */
export interface TwoFids {
  /** Of the images against their copies, which were extracted again and again. */
  readonly fid: number;
  readonly sampling: readonly SamplingError[];
  /** What the sampling error is of: `train/** against test/**`. */
  readonly drawn: string;
}

/** The advice of the report, tested one by one on what was measured here. */
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
      test: 'features of repeated runs, and of batches dealt to 1 or 2 networks of one thread, as --deterministic deals them',
      measured: largest([repeats, networks]),
      verdict: sameBits(
        largest([repeats, networks]),
        'bit-identical, with such networks and without: on this processor there is nothing for a flag to mend',
        'not bit-identical: set them',
      ),
    },
    {
      experiment,
      advice: 'use a batch size of 1',
      test: 'features in batches of 1 beside batches of 32',
      measured: batches,
      verdict: sameBits(
        batches,
        'changes no bit: a row does not depend on its batch here; it only costs time',
        'features depend on the batch: use one size throughout, whichever it is',
      ),
    },
    {
      experiment,
      advice: 'differences in the first decimal do not matter',
      test: 'largest change of FID by any way of computing the same features, beside the sampling error of another FID',
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
  return known.length === 0 ? null : Math.max(...known);
}

function sameBits(measured: number | null, same: string, other: string): string {
  if (measured === null) return 'not tested here';
  return measured === 0 ? same : other;
}

/** @param change of the FID of images and copies, absolute */
function firstDecimal(change: number | null, { fid, sampling, drawn }: TwoFids): string {
  if (change === null) return 'not tested here';
  const by = change === 0 ? 'not at all' : `by ${change.toExponential(1)} at most`;
  const rounding = `the FID of the images against their copies, ${fid.toPrecision(3)}, moves ${by}: a difference in its first decimal is not rounding, but other images, another N or other preprocessing`;
  const spread = sampling.filter(({ kind }) => kind === 'sd');
  if (spread.length === 0) return rounding;
  const errors = spread.map(({ size, value, basis }) => {
    const times = change === 0 ? '' : `, ${timesAsMuch(value, change)}`;
    const how = basis === 'extrapolated' ? ', extrapolated' : '';
    return `${value.toExponential(1)} at ${thousands(size)} images${how}${times}`;
  });
  return `${rounding}; another FID, of ${drawn}, has a sampling SD of ${errors.join(', and of ')}`;
}

/** To one digit: 2,000 times as much. */
function timesAsMuch(value: number, change: number): string {
  return `${thousands(Number((value / change).toPrecision(1)))} times as much`;
}

/** What of other machines could be tried on this one. */
function environmentTest(rows: readonly JitterRow[]): string {
  const others = ['instructions', 'provider'].filter((name) =>
    rows.some(({ factor }) => factor.split('+').includes(name)),
  );
  const words = others.map((name) => (name === 'provider' ? 'providers' : 'vector instructions'));
  const tried =
    words.length === 0
      ? 'nothing but this environment'
      : `FID on other ${words.join(' and ')} beside this environment's`;
  return `${tried}; ${devicesIn(rows)}`;
}

/** Which devices were measured; the report's differences were those of cuDNN. */
export function devicesIn(rows: readonly JitterRow[]): string {
  const providers = [...new Set(rows.map(({ provider }) => provider))];
  const others = providers.filter((provider) => provider !== 'cpu');
  if (others.length > 0) return `measured on ${providers.join(', ')}`;
  return 'no GPU was measured (the report is of GPUs)';
}

function environments(measured: number | null): string {
  if (measured === null) return 'not tested here';
  if (measured === 0) return 'changes no bit of what was tested; other machines may';
  const digits = Math.floor(-Math.log10(measured));
  return `changes FID from its digit ${digits + 1} on: name it, for it explains last digits; what explains more is the number of images, the weights and the resizing`;
}
