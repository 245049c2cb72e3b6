import { basename } from 'node:path';
import type { FidEstimation } from '../answers/estimate/estimate-fid.ts';
import { fidCurves } from '../charts/fid-curves.ts';
import { intervalRows } from '../charts/interval-rows.ts';
import type { NamedChart } from '../charts/render.ts';
import { renderCharts } from '../charts/render.ts';
import { reportName, writeReport } from '../charts/report/folder.ts';
import { environment } from '../provenance/environment.ts';
import { isIndependent } from '../sides/repeated-rows.ts';
import { toCsv } from '../tables/csv.ts';
import { referencesInWords } from '../tables/fid-caption.ts';
import { roundToError, thousands } from '../tables/number.ts';
import { estimateAnswer } from './estimate-answer.ts';
import { type EstimateResult, estimateNotes } from './estimate-result.ts';
import { writeResultFolder } from './result-folder.ts';
import { described } from './side-notes.ts';

/** The record that `--json` prints and the manifest holds. */
export function estimateRecord(result: EstimateResult) {
  const { estimation, kid, reference, generated, labels } = result;
  const { rows, referenceRows, fid, fidError, infinity, constant } = estimation;
  return {
    fid,
    fid_se: fidError,
    num_gen: rows,
    num_ref: referenceRows,
    bias: infinity && fid - infinity.estimate,
    reference_bias: estimation.referenceBias,
    fid_infinity: infinity,
    recommended: estimation.isRecommended,
    reliable: estimation.isReliable && isIndependent(reference, generated),
    odd_rows: estimation.oddRows,
    constant,
    kid: kid && { kid: kid.kid, se: kid.se },
    plug_in: plugInRows(estimation),
    methods: estimation.estimates,
    failures: estimation.failures.map(({ method, error }) => ({ method, error: error.message })),
    reference: described(reference),
    generated: described(generated),
    labels: labels && { path: labels.path, sha256: labels.sha256, classes: labels.count },
    notes: estimateNotes(result),
  };
}

const METHODS = ['method', 'estimate', 'se', 'lower', 'upper', 'error'] as const;
const PLUG_IN = ['size', 'num_ref', 'fid', 'bias', 'lower', 'upper', 'basis'] as const;

/**
 * Plug-in FIDs at other N, each with its bias: the excess over FID at infinity, or, if that is
 * unknown, C/N plus the reference's part.
 */
export function plugInRows({
  predictions,
  infinity,
  constant,
  referenceBias,
  referenceRows,
}: FidEstimation) {
  const { value } = constant.fourth ?? { value: constant.gaussian };
  return predictions.map((each) => ({
    ...each,
    num_ref: referenceRows,
    bias: infinity ? each.fid - infinity.estimate : value / each.size + referenceBias,
  }));
}

/** Writes methods.csv, plug-in.csv, manifest.json, the charts and the report; returns their names. */
export async function writeEstimate(folder: string, result: EstimateResult): Promise<string[]> {
  const { estimates, failures } = result.estimation;
  const methods = [
    ...estimates.map((estimate) => ({ ...estimate, error: null })),
    ...failures.map(({ method, error }) => ({
      method,
      estimate: null,
      se: null,
      lower: null,
      upper: null,
      error: error.message,
    })),
  ];
  const manifest = {
    format: 'fid-study estimate 1',
    answer: estimateAnswer(result),
    ...estimateRecord(result),
    environment: environment(),
  };
  const tables = {
    'methods.csv': toCsv(METHODS, methods),
    'plug-in.csv': toCsv(PLUG_IN, plugInRows(result.estimation)),
  };
  const files = await writeResultFolder(folder, tables, manifest);
  const charts = await renderCharts(chartsOf(result), folder);
  const drawn = charts.flatMap(({ paths }) => paths.map((path) => basename(path)));
  await writeReport(folder);
  return [...files, ...drawn, reportName];
}

function chartsOf({ estimation, generated, reference }: EstimateResult): NamedChart[] {
  const { estimates, infinity, fid, rows, predictions } = estimation;
  const references = referencesInWords(estimation.referenceRows);
  const of = `${basename(generated.path)} against ${references} (${basename(reference.path)})`;
  const limit =
    infinity && infinity.lower !== null && infinity.upper !== null
      ? { value: infinity.estimate, lower: infinity.lower, upper: infinity.upper }
      : null;
  const curve = {
    name: 'FID of N images',
    points: predictions.map((each) => ({ ...each, isPredicted: each.basis === 'law' })),
    infinity: limit,
  };
  const curves: NamedChart = {
    name: 'fid-against-n',
    spec: fidCurves({
      title: 'FID at other N',
      subtitle: [of, ...(limit ? ['line and band: FID at infinity, 95 % interval'] : [])],
      description: `Plug-in FID against the number of generated images, log axis, with 95 % intervals, and FID at infinity: ${of}.`,
      curves: [curve],
    }),
  };
  const withIntervals = estimates.flatMap(({ method, estimate, lower, upper }) =>
    lower === null || upper === null || method === 'plug-in'
      ? []
      : [{ label: method, value: estimate, lower, upper, aside: method !== infinity?.method }],
  );
  if (withIntervals.length < 2) return [curves];
  const atHand = roundToError(fid, infinity?.se ?? null).value;
  const methods = intervalRows({
    title: 'FID at infinity by method',
    subtitle: [`${of}; 95 % intervals. Filled: ${infinity?.method ?? 'none'}.`],
    description: `Estimates of FID at infinity with 95 % intervals: ${of}.`,
    axisTitle: 'FID at infinity',
    rows: withIntervals,
    rule: { value: fid, text: `${atHand} at N = ${thousands(rows)}` },
  });
  return [curves, { name: 'fid-at-infinity', spec: methods }];
}
