import { StudyError } from '../errors.ts';

/** A parser of whole numbers from `smallest` up, for a flag. @throws StudyError for anything else */
export function wholeNumber(flag: string, smallest = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    // Number('') is 0.
    if (text.trim() !== '' && Number.isSafeInteger(value) && value >= smallest) return value;
    throw new StudyError(
      `invalid ${flag}: ${text || "''"}`,
      `give a whole number of ${smallest} or more`,
    );
  };
}
