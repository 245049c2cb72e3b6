import { grouped, roundToError, thousands } from '../../tables/number.ts';
import type { TextTable } from '../../tables/text-table.ts';
import type { FidErrors } from './fid-errors.ts';
import type { Plan, PlanQuestion } from './plan.ts';

/** A line for each question, then the constant that they are answered by. */
export function planAnswer(errors: FidErrors, question: PlanQuestion, plan: Plan): string[] {
  const { forBias, forDifference, safeForDifference } = plan;
  const { value, error } = roundToError(errors.constant.value, errors.constant.se || null);
  return [
    ...answerForBias(question, forBias),
    ...(forDifference === undefined
      ? []
      : [
          `difference of ${question.difference}: ${thousands(forDifference)} images of each model, found with power ${question.power} at level ${question.level}, ${question.correlation === 0 ? 'independent samples' : `FIDs correlated by ${question.correlation}`}${safely(safeForDifference)}`,
        ]),
    `bias is C/N with C = ${grouped(value)}${error === null ? '' : ` ± ${grouped(error)}`}`,
  ];
}

/** What it takes where σ² is from a pilot, which is rarely sure of it. */
function safely(size: number | null | undefined): string {
  if (size === null || size === undefined) return '';
  const safe = Number.isFinite(size)
    ? `${thousands(size)} images`
    : 'no number of images is enough';
  return `; ${safe} to be 95 % sure of the spread, which the pilot leaves open`;
}

function answerForBias({ bias, referenceSize }: PlanQuestion, found: Plan['forBias']): string[] {
  if (found === undefined) return [];
  if (found === null) {
    return [
      `bias below ${bias}: no number of images is enough; ${thousands(referenceSize)} reference images alone add more`,
    ];
  }
  if (found.safeSize === null) {
    return [
      `bias below ${bias}: about ${thousands(found.size)} images by a rough C; no number is certain to be enough`,
    ];
  }
  const safe = Number.isFinite(found.safeSize)
    ? `${thousands(found.safeSize)} to be 95 % sure of C`
    : 'no number of images is certain to be enough';
  return [`bias below ${bias}: ${thousands(found.size)} images; ${safe}`];
}

/** The curve: what N images buy. */
export function curveTable({ curve }: Plan): TextTable {
  const hasSpread = curve.some((point) => point.detectable_difference !== null);
  const short = (value: number) => String(Number(value.toPrecision(2)));
  const header = ['N', 'bias', '95 % interval', 'SD', 'detectable difference'];
  const rows = curve.map((point) => [
    thousands(point.size),
    short(point.bias),
    point.bias_lower === null || point.bias_upper === null
      ? '–'
      : `${short(point.bias_lower)} to ${short(point.bias_upper)}`,
    short(point.sd),
    point.detectable_difference === null ? '' : short(point.detectable_difference),
  ]);
  const shown = hasSpread ? header.length : 3;
  return {
    header: header.slice(0, shown),
    rows: rows.map((cells) => cells.slice(0, shown)),
  };
}

/** Where the answer lies beyond the law. */
export function sizeNotes({ forBias, forDifference }: Plan, dimension: number): string[] {
  const smallest = Math.min(forBias?.size ?? Infinity, forDifference ?? Infinity);
  return smallest <= dimension
    ? [
        `${thousands(smallest)} images do not exceed the ${thousands(dimension)} dimensions: bias does not follow C/N in that range`,
      ]
    : [];
}

/** What a plan's chart marks: each question, and the size that answers it. */
export function planTargets({ bias, difference }: PlanQuestion, plan: Plan) {
  const { forBias, forDifference } = plan;
  return [
    ...(bias === undefined
      ? []
      : [{ of: 'bias', value: bias, size: forBias?.size ?? Infinity } as const]),
    ...(difference === undefined
      ? []
      : [{ of: 'difference', value: difference, size: forDifference! } as const]),
  ];
}
