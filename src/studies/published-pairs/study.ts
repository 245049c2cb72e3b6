import { join } from 'node:path';
import { z } from 'zod';
import { count } from '../../answers/correct/explain.ts';
import {
  type FamilyErrors,
  familyErrors,
  leaveOneOut,
  type PairPrediction,
  type PredictionErrors,
  predictionErrors,
} from '../../answers/correct/leave-one-out.ts';
import { endsOf, type Sizes } from '../../answers/correct/pair-constant.ts';
import { type PublishedPair, publishedPairs } from '../../answers/correct/pairs.ts';
import { intervalRows } from '../../charts/interval-rows.ts';
import { renderCharts } from '../../charts/render.ts';
import { toCsv } from '../../tables/csv.ts';
import { writeWhole } from '../../tables/files.ts';
import { textTable } from '../../tables/text-table.ts';
import { defineStudy } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';

/** Every published pair predicted from all other sources of its data set. */
export const publishedPairsStudy = defineStudy({
  name: 'published-pairs',
  summary: 'published FIDs at two sizes: each predicted from the others of its data set',
  settings: z.strictObject({}),
  async run(settings, context) {
    const predictions = leaveOneOut(publishedPairs());
    const errors = {
      unmarked: predictionErrors(predictions, ['constant']),
      heldOut: predictionErrors(predictions, ['test']),
      families: familyErrors(predictions, ['constant', 'test']),
      all: predictionErrors(predictions, ['constant', 'test', ...MARKED]),
    };
    const table = join(context.folder, 'predictions.csv');
    await writeWhole(table, toCsv(COLUMNS, predictions.map(rowOf)));
    const charts = await renderCharts(
      [{ name: 'predicted-against-reported', spec: pairsChart(predictions) }],
      context.folder,
    );
    const summary = pairsSummary(errors, predictions);
    const manifest = await writeStudyManifest(context, settings, { summary, errors });
    return {
      files: [table, manifest, ...charts.flatMap(({ paths }) => paths)],
      lines: [screen(predictions), '', summary],
    };
  },
});

/** Pairs that the table marks in advance as exceptions to the law. */
const MARKED: readonly PublishedPair['use'][] = ['small-n', 'counter-example'];

const COLUMNS = [
  'dataset',
  'model',
  'family',
  'network',
  'label_protocol',
  'use',
  'checkpoint',
  'n_gen_a',
  'n_ref_a',
  'fid_a',
  'n_gen_b',
  'n_ref_b',
  'apparent_constant',
  'constant',
  'predicted',
  'lower',
  'upper',
  'reported',
  'error',
  'source',
] as const;

function rowOf({ pair, apparentConstant, constant, predicted, reported }: PairPrediction) {
  return {
    dataset: pair.dataset,
    model: pair.model,
    family: pair.family,
    network: pair.network,
    label_protocol: pair.label_protocol,
    use: pair.use,
    checkpoint: pair.checkpoint,
    n_gen_a: pair.n_gen_a,
    n_ref_a: pair.n_ref_a,
    fid_a: pair.fid_a.value,
    n_gen_b: pair.n_gen_b,
    n_ref_b: pair.n_ref_b,
    apparent_constant: apparentConstant,
    constant,
    predicted: predicted?.fid ?? null,
    lower: predicted?.lower ?? null,
    upper: predicted?.upper ?? null,
    reported,
    error: predicted && predicted.fid - reported,
    source: pair.source,
  };
}

/** What the manifest has of the predictions. */
export interface StudyErrors {
  /** Pairs that constants are made of. */
  readonly unmarked: PredictionErrors;
  /** Pairs that no constant is made of. */
  readonly heldOut: PredictionErrors;
  /** Both, a family as one: its intervals must all hold. */
  readonly families: FamilyErrors;
  readonly all: PredictionErrors;
}

/** The result in one sentence. */
export function pairsSummary(
  { unmarked, heldOut, families, all }: StudyErrors,
  predictions: readonly PairPrediction[],
): string {
  const marked = all.count - unmarked.count - heldOut.count;
  const cfm = predictions.flatMap(({ pair, predicted, reported }) =>
    pair.model === 'OT-CFM' && predicted
      ? [
          `${pair.model}, which no constant uses: ${predicted.fid.toFixed(2)} predicted, ${reported} reported`,
        ]
      : [],
  );
  return [
    `${all.count} published pairs, each predicted from the other families of its data set, network and labels; ${marked} of them marked in advance as small N or counter-example`,
    `${unmarked.count} that constants are made of: ${errorsInWords(unmarked)}`,
    `${heldOut.count} held out: ${errorsInWords(heldOut)}`,
    `by family: all intervals hold in ${families.inside} of ${families.count}, median error ${percentOf(families.medianShare)} of the correction`,
    `all ${all.count}: ${errorsInWords(all)}`,
    ...cfm,
  ].join('; ');
}

function percentOf(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function errorsInWords({
  count,
  inside,
  median,
  medianShare,
  worst,
  worstModel,
}: PredictionErrors) {
  return `median error ${median.toFixed(2)} (${percentOf(medianShare)} of the correction), worst ${worst.toFixed(2)} (${worstModel}), ${inside} of ${count} within their 95 % interval`;
}

function screen(predictions: readonly PairPrediction[]): string {
  const header = [
    'data set',
    'labels',
    'model',
    'N (against M)',
    'C of the pair',
    'C of the others',
    'predicted',
    'reported',
  ];
  const thousand = (value: number | null) =>
    value === null ? '–' : `${(value / 1000).toFixed(1)}k`;
  const rows = predictions.map(({ pair, apparentConstant, constant, predicted, reported }) => [
    pair.dataset,
    pair.label_protocol,
    `${pair.model}${pair.use === 'constant' ? '' : ` (${pair.use})`}`,
    `${sizeOf(endsOf(pair).a)} → ${sizeOf(endsOf(pair).b)}`,
    thousand(apparentConstant),
    thousand(constant),
    predicted
      ? `${predicted.fid.toFixed(2)} [${predicted.lower.toFixed(2)}, ${predicted.upper.toFixed(2)}]`
      : '–',
    reported.toFixed(2),
  ]);
  return textTable({ header, rows }, ['left', 'left', 'left', 'left']);
}

/** `5,000 (50,000)`, or N alone if M is not stated. */
function sizeOf({ generated, reference }: Sizes): string {
  return reference === null ? count(generated) : `${count(generated)} (${count(reference)})`;
}

/** The chart extends to this multiple of the largest error. */
const LIMIT = 1.5;

/** Predicted minus reported FID of each pair, the marked ones last. */
export function pairsChart(predictions: readonly PairPrediction[]) {
  const made = predictions.flatMap(({ pair, predicted, reported }) =>
    predicted ? [{ pair, predicted, reported }] : [],
  );
  const isMarked = ({ pair }: (typeof made)[number]) => MARKED.includes(pair.use);
  // Intervals at N ≤ 2,048 would dwarf the others.
  const limit =
    LIMIT * Math.max(...made.map((each) => Math.abs(each.predicted.fid - each.reported)));
  const rows = [...made.filter((each) => !isMarked(each)), ...made.filter(isMarked)].map((each) => {
    const { pair, predicted, reported } = each;
    const [lower, upper] = [predicted.lower - reported, predicted.upper - reported];
    const isCut = lower < -limit || upper > limit;
    const whole = isCut ? ` (${lower.toFixed(0)} to ${upper.toFixed(0)})`.replace('-', '−') : '';
    return {
      label: `${isMarked(each) ? '† ' : ''}${pair.model}${whole}`,
      value: predicted.fid - reported,
      lower: Math.max(lower, -limit),
      upper: Math.min(upper, limit),
      aside: pair.checkpoint === 'separate',
    };
  });
  return intervalRows({
    title: 'Published FIDs, each predicted from the others',
    subtitle: [
      'FID at the larger size, predicted from the smaller size and from the constant of all other sources of the data set. Hollow: two training runs.',
      '† marked in advance: N ≤ 2,048, or a counter-example to 1/N. An interval too wide to draw is next to the name.',
    ],
    description:
      'Predicted minus reported FID of published pairs, with 95 % intervals, each predicted from the other sources of its data set.',
    axisTitle: 'predicted − reported FID',
    rows,
    rule: { value: 0, text: 'reported' },
  });
}
