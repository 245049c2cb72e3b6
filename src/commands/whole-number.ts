import { StudyError } from '../errors.ts';
import { parseCount } from '../tables/count-text.ts';

/**
 * A parser of whole numbers from `smallest` to `largest`, for a flag: `5000`, `5_000`, `5k`, `5e3`.
 * @throws StudyError for anything else
 */
export function wholeNumber(
  flag: string,
  smallest = 0,
  largest = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = parseCount(text);
    if (value !== undefined && value >= smallest && value <= largest) return value;
    const range =
      largest === Number.MAX_SAFE_INTEGER
        ? `of ${smallest} or more`
        : `from ${smallest} to ${largest}`;
    throw new StudyError(
      `invalid ${flag}: ${text || "''"}`,
      `give a whole number ${range}, such as 5000, 5k or 5e4`,
    );
  };
}

/** A parser of numbers from `smallest` up. @throws StudyError for anything else */
export function realNumber(
  flag: string,
  smallest = Number.NEGATIVE_INFINITY,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value >= smallest) return value;
    throw new StudyError(
      `invalid ${flag}: ${text || "''"}`,
      Number.isFinite(smallest) ? `give a number of ${smallest} or more` : 'give a number',
    );
  };
}

/** A parser of numbers of images, or `inf`. @throws StudyError for anything else */
export function sizeOrInfinity(flag: string): (text: string) => number {
  const whole = wholeNumber(flag, 2);
  return (text) => (/^(inf|infinity|∞)$/i.test(text) ? Number.POSITIVE_INFINITY : whole(text));
}

/** A parser of numbers strictly between 0 and 1. @throws StudyError for anything else */
export function probability(flag: string): (text: string) => number {
  const number = share(flag);
  return (text) => {
    const value = number(text);
    if (value > 0) return value;
    throw new StudyError(`invalid ${flag}: ${text}`, 'give a number between 0 and 1');
  };
}

/** A parser of numbers from 0 to below 1. @throws StudyError for anything else */
export function share(flag: string): (text: string) => number {
  const number = realNumber(flag, 0);
  return (text) => {
    const value = number(text);
    if (value < 1) return value;
    throw new StudyError(`invalid ${flag}: ${text}`, 'give a number below 1');
  };
}
