import { referencesInWords } from '../tables/fid-caption.ts';
import { plusMinus, roundToError, thousands } from '../tables/number.ts';
import { textTable } from '../tables/text-table.ts';
import { headline } from './estimate-answer.ts';
import { plugInRows } from './estimate-record.ts';
import { type EstimateResult, estimateNotes } from './estimate-result.ts';
import { sideLine } from './side-notes.ts';

/** The screen of `study estimate`: the numbers, their meaning, and where the files are. */
export function estimateLines(
  result: EstimateResult,
  files: readonly string[],
  folder: string | undefined,
): string[] {
  const { reference, generated } = result;
  return [
    ...headline(result),
    ...(result.estimation.estimates.length > 1 ? ['', methodTable(result)] : []),
    '',
    `plug-in FID at other N against ${referencesInWords(result.estimation.referenceRows)}, with its 95 % interval over new images:`,
    predictionTable(result),
    '',
    `reference  ${sideLine(reference, result.estimation.referenceRows)}`,
    `generated  ${sideLine(generated, result.estimation.rows)}`,
    ...estimateNotes(result).map((note) => `note: ${note}`),
    ...(folder === undefined ? [] : [`${files.join(', ')} are in ${folder}`]),
  ];
}

function methodTable({ estimation }: EstimateResult): string {
  const { estimates, failures } = estimation;
  return textTable(
    {
      header: ['method', 'FID at infinity ± SE', '95 % interval'],
      rows: [
        ...estimates.map(({ method, estimate, se, lower, upper }) => [
          method,
          plusMinus(estimate, se),
          lower === null || upper === null ? '–' : `${shown(lower, se)} to ${shown(upper, se)}`,
        ]),
        ...failures.map(({ method, error }) => [method, '–', error.message]),
      ],
    },
    ['left', 'right', 'left'],
  );
}

const BASIS = { all: 'all images', draw: 'a subset', law: 'C/N' } as const;

function predictionTable({ estimation }: EstimateResult): string {
  const rows = plugInRows(estimation).map(({ size, fid, bias, lower, upper, basis }) => {
    const error = (upper - lower) / 4;
    const interval = `${shown(lower, error)} to ${shown(upper, error)}`;
    return [thousands(size), shown(fid, error), interval, shown(bias, error), BASIS[basis]];
  });
  return textTable({ header: ['N', 'FID', '95 % interval', 'of which bias', 'from'], rows }, [
    'right',
    'right',
    'left',
    'right',
    'left',
  ]);
}

function shown(value: number, error: number | null): string {
  return roundToError(value, error).value;
}
