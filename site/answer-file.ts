import { publishedPairs } from '../src/answers/correct/pairs.ts';
import { referenceConstant } from '../src/answers/correct/reference-constant.ts';
import { referenceNote } from '../src/answers/correct/reference-note.ts';
import {
  estimateFid,
  type FidEstimation,
  type GeneratedSet,
} from '../src/answers/estimate/estimate-fid.ts';
import { planCurve } from '../src/answers/plan/fid-errors.ts';
import { StudyError } from '../src/errors.ts';
import { referenceOfFeatures } from '../src/metrics/features.ts';
import { referenceOfStatistics } from '../src/metrics/reference.ts';
import type { Side } from '../src/sides/side.ts';
import { referencesInWords } from '../src/tables/fid-caption.ts';
import { grouped, plusMinus, roundToError, thousands } from '../src/tables/number.ts';
import type { Answer } from './answer.ts';
import { sharedAlgebra } from './browser/fast.ts';
import type { Dropped } from './open-file.ts';

/** Sizes that a bias is given at. */
const SIZES = [1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

/** An answer, and its numbers with all digits. */
export interface FileAnswer extends Answer {
  readonly numbers: unknown;
}

/** C of a generator whose images are distributed as those of the file, and the bias at N. */
export async function answerOne(file: Dropped): Promise<FileAnswer> {
  const constant = await referenceConstant(sideOf(file), publishedPairs(), sharedAlgebra());
  const errors = { constant, first: 0, second: 0, betweenModels: 0 };
  const test = { power: 0.8, level: 0.05, correlation: 0 };
  const curve = planCurve(errors, SIZES, test);
  const short = (value: number) => String(Number(value.toPrecision(2)));
  const { value, error } = roundToError(constant.value, constant.se);
  return {
    numbers: { constant, curve },
    lines: [
      `C = ${grouped(value)} ± ${grouped(error ?? '?')}: the bias of a generator close to this set is C/N`,
      `${thousands(file.dimension)} dimensions${file.kind === 'features' ? `, ${thousands(file.rows)} images` : ''}`,
    ],
    notes: [
      referenceNote(constant),
      ...(constant.isRough ? ['too few images for a reliable C: it is probably too small'] : []),
    ],
    table: {
      header: ['N', 'bias', '95 % interval'],
      rows: curve.map(({ size, bias, bias_lower, bias_upper }) => [
        thousands(size),
        short(bias),
        bias_lower === null ? '–' : `${short(bias_lower)} to ${short(bias_upper!)}`,
      ]),
    },
    command: `study plan --bias 0.5 --reference ${file.path}`,
  };
}

/** FID of one file against the other, at infinity and at other N. */
export async function answerTwo(
  generated: Dropped,
  reference: Dropped,
  { rows, referenceRows }: { readonly rows: number | null; readonly referenceRows: number | null },
): Promise<FileAnswer> {
  if (generated.dimension !== reference.dimension) {
    throw new StudyError(
      `${generated.dimension} dimensions against ${reference.dimension}`,
      'both files must be of one network',
    );
  }
  const algebra = sharedAlgebra();
  const prepared =
    reference.kind === 'features'
      ? await referenceOfFeatures(reference, algebra)
      : await referenceOfStatistics(reference.statistics, algebra);
  const found = await estimateFid(setOf(generated, rows), prepared, {
    sizes: [1000, 5000, 10_000, 50_000],
    referenceRows: reference.kind === 'features' ? reference.rows : referenceRows,
    referenceFeatures: reference.kind === 'features' ? reference : undefined,
    algebra,
  });
  const sizes = [
    ...(generated.kind === 'features' ? [] : [` --size ${rows}`]),
    ...(reference.kind === 'features' || referenceRows === null
      ? []
      : [` --reference-size ${referenceRows}`]),
  ];
  return {
    numbers: found,
    lines: linesOf(found),
    notes: [...(found.infinity?.notes ?? []), ...(found.isReliable ? [] : [UNRELIABLE])],
    table: {
      header: ['N', 'FID', '95 % interval'],
      rows: found.predictions.map(({ size, fid, lower, upper }) => {
        const shown = (value: number) => roundToError(value, (upper - lower) / 4).value;
        return [thousands(size), shown(fid), `${shown(lower)} to ${shown(upper)}`];
      }),
    },
    command: `study estimate ${generated.path} --reference ${reference.path}${sizes.join('')}`,
  };
}

const UNRELIABLE =
  'not to be relied on: too few images on one side, or an image far from all others';

function linesOf({ fid, fidError, rows, referenceRows, infinity, constant }: FidEstimation) {
  const c = constant.fourth ?? { value: constant.gaussian, se: null };
  const at = `N = ${thousands(rows)} against ${referencesInWords(referenceRows)}`;
  return [
    ...(infinity
      ? [
          `FID at infinity ${plusMinus(infinity.estimate, infinity.se)}${infinity.lower === null || infinity.upper === null ? '' : `, 95 % interval ${roundToError(infinity.lower, infinity.se).value} to ${roundToError(infinity.upper, infinity.se).value}`}`,
        ]
      : []),
    `FID ${plusMinus(fid, fidError)} at ${at}`,
    ...(infinity
      ? [`of which bias ${roundToError(fid - infinity.estimate, infinity.se).value}`]
      : []),
    `C = ${grouped(plusMinus(c.value, c.se))}${constant.fourth ? ', by fourth moments' : ', for Gaussian features'}`,
  ];
}

function setOf(file: Dropped, rows: number | null): GeneratedSet {
  if (file.kind === 'features') return { kind: 'features', features: file };
  if (rows === null) {
    throw new StudyError(
      `${file.path} holds statistics, which do not state their number of images`,
      'give the number N',
    );
  }
  return { kind: 'statistics', statistics: file.statistics, rows };
}

/** What the answers read of a side; a dropped file states no network. */
function sideOf(file: Dropped): Side {
  return { ...file, extractor: null, sha256: '' } as unknown as Side;
}
