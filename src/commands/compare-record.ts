import { basename } from 'node:path';
import type { Comparison } from '../answers/compare/compare.ts';
import {
  atSize,
  biasAtSize,
  freshVariance,
  type SetDistances,
} from '../answers/compare/set-distances.ts';
import { fidCurves } from '../charts/fid-curves.ts';
import { renderCharts } from '../charts/render.ts';
import { reportName, writeReport } from '../charts/report/folder.ts';
import { environment } from '../provenance/environment.ts';
import { toCsv } from '../tables/csv.ts';
import { referencesInWords } from '../tables/fid-caption.ts';
import { Z95 } from '../theory/normal.ts';
import { compareAnswer } from './compare-lines.ts';
import { type CompareResult, compareNotes, isReliable } from './compare-result.ts';
import { writeResultFolder } from './result-folder.ts';
import { described } from './side-notes.ts';

/** The record that `--json` prints and the manifest holds. */
export function compareRecord(result: CompareResult) {
  const { comparison, seeds, kids, reference, referenceRows, sides, paired } = result;
  const { basis, ranking, pairs } = comparison;
  return {
    basis: basis === 'infinity' ? 'fid at infinity' : `fid at N = ${basis.size}`,
    draws: seeds,
    paired,
    num_ref: referenceRows,
    ranking: ranking.map(({ set, rank, value, se }) => ({
      rank,
      name: set.name,
      value,
      se,
      value_bias: valueBias(comparison, set),
      num_gen: set.rows,
      num_ref: referenceRows,
      fid: set.fid,
      bias: biasAtSize(set, set.rows),
      fid_infinity: set.infinity,
      kid: kids.get(set.name) ?? null,
      ...described(sides.get(set.name)!),
    })),
    pairs: pairs.map(({ referenceSe, ...pair }) => ({
      ...pair,
      reference_se: referenceSe,
      reliable: isReliable(result, pair),
    })),
    reference: described(reference),
    notes: compareNotes(result),
  };
}

const SETS = [
  'rank',
  'name',
  'path',
  'num_gen',
  'num_ref',
  'size',
  'value',
  'se',
  'value_bias',
  'fid',
  'bias',
  'method',
  'fid_infinity',
  'infinity_se',
  'infinity_lower',
  'infinity_upper',
  'kid',
  'kid_se',
] as const;
const PAIRS = [
  'better',
  'worse',
  'size',
  'difference',
  'se',
  'lower',
  'upper',
  'correlation',
  'reversal',
  'reference_se',
] as const;
const DRAWS = ['name', 'size', 'num_ref', 'seed', 'fid', 'bias'] as const;

/** The bias in a set's ranking value; null if sets are ranked by FID at infinity. */
export function valueBias({ basis }: Comparison, set: SetDistances): number | null {
  return basis === 'infinity' ? null : biasAtSize(set, basis.size);
}

/** Writes sets.csv, pairs.csv, draws.csv, manifest.json, the chart and the report; returns their names. */
export async function writeComparison(folder: string, result: CompareResult): Promise<string[]> {
  const manifest = {
    format: 'fid-study comparison 1',
    answer: compareAnswer(result),
    ...compareRecord(result),
    environment: environment(),
  };
  const tables = {
    'sets.csv': toCsv(SETS, setRows(result)),
    'pairs.csv': toCsv(PAIRS, pairRows(result)),
    'draws.csv': toCsv(DRAWS, drawRows(result)),
  };
  const files = await writeResultFolder(folder, tables, manifest);
  const charts = await renderCharts([{ name: 'fid-against-n', spec: chart(result) }], folder);
  await writeReport(folder);
  return [...files, ...charts.flatMap(({ paths }) => paths.map((p) => basename(p))), reportName];
}

function setRows({ comparison, kids, sides, referenceRows }: CompareResult) {
  const { basis, ranking } = comparison;
  return ranking.map(({ set, rank, value, se }) => ({
    rank,
    name: set.name,
    path: sides.get(set.name)!.path,
    num_gen: set.rows,
    num_ref: referenceRows,
    size: basis === 'infinity' ? null : basis.size,
    value,
    se,
    value_bias: valueBias(comparison, set),
    fid: set.fid,
    bias: biasAtSize(set, set.rows),
    method: set.infinity?.method ?? null,
    fid_infinity: set.infinity?.estimate ?? null,
    infinity_se: set.infinity?.se ?? null,
    infinity_lower: set.infinity?.lower ?? null,
    infinity_upper: set.infinity?.upper ?? null,
    kid: kids.get(set.name)?.kid ?? null,
    kid_se: kids.get(set.name)?.se ?? null,
  }));
}

/** One row for the ranking itself, then one for each smaller size. */
function pairRows({ comparison: { basis, pairs } }: CompareResult) {
  const size = basis === 'infinity' ? null : basis.size;
  return pairs.flatMap(
    ({ better, worse, difference, se, lower, upper, correlation, reversals, referenceSe }) => [
      {
        better,
        worse,
        size,
        difference,
        se,
        lower,
        upper,
        correlation,
        reversal: null,
        reference_se: referenceSe,
      },
      ...reversals.map((each) => ({
        better,
        worse,
        size: each.size,
        difference: each.difference,
        se: null,
        lower: null,
        upper: null,
        correlation: null,
        reversal: each.probability,
        reference_se: null,
      })),
    ],
  );
}

/** Bias depends on the size only: all draws of a size share it. */
function drawRows({ comparison, referenceRows }: CompareResult) {
  return comparison.ranking.flatMap(({ set }) => {
    const biases = set.sizes.map((size) => biasAtSize(set, size));
    return set.draws.flatMap((row, seed) =>
      row.map((fid, i) => ({
        name: set.name,
        size: set.sizes[i]!,
        num_ref: referenceRows,
        seed,
        fid,
        bias: biases[i]!,
      })),
    );
  });
}

function chart(result: CompareResult) {
  const { comparison, sides, referenceRows } = result;
  const names = [...sides.keys()].join(', ');
  // In command-line order, so that a set keeps its colour.
  const sets = [...sides.keys()].map(
    (name) => comparison.ranking.find(({ set }) => set.name === name)!.set,
  );
  return fidCurves({
    title: 'FID of each set against N',
    subtitle: [
      `against ${referencesInWords(referenceRows)}`,
      'bars: 95 % interval over new images; line and band: FID at infinity, 95 % interval',
    ],
    description: `FID against the number of generated images, log axis, of ${names}, with FID at infinity.`,
    curves: sets.map((set) => ({ name: set.name, points: pointsOf(set), infinity: limitOf(set) })),
  });
}

function pointsOf(set: SetDistances) {
  const sizes = [...new Set([...set.sizes, set.rows])];
  return sizes.map((size) => {
    const { value: fid } = atSize(set, size);
    const half = Z95 * Math.sqrt(freshVariance(set, size));
    return { size, fid, lower: fid - half, upper: fid + half, isPredicted: false };
  });
}

function limitOf({ infinity }: SetDistances) {
  if (!infinity || infinity.lower === null || infinity.upper === null) return null;
  return { value: infinity.estimate, lower: infinity.lower, upper: infinity.upper };
}
