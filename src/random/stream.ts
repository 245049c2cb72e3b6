import seedrandom from 'seedrandom';
import { StudyError } from '../errors.ts';

/** A seeded source of randomness: the same key gives the same sequence on every machine. */
export interface Stream {
  /** The string that seeded the generator; `seedrandom(key)` anywhere else gives the same numbers. */
  readonly key: string;
  /** A uniform number in [0, 1), of 52 random bits. */
  next(): number;
  /** An integer in [0, bound), each equally likely. @throws StudyError if bound ∉ 1 … 2³². */
  integer(bound: number): number;
  /** `count` words of 32 random bits, to seed a kernel. */
  words(count: number): Uint32Array;
}

/** ARC4 takes 256 characters of key; seedrandom folds longer ones onto themselves. */
const LONGEST_KEY = 256;

/**
 * The stream named by a key such as `('study', 7, 'draw', 3)`: the ARC4 generator of `seedrandom`,
 * seeded with the key as JSON. Streams of different keys are independent for every purpose here.
 *
 * @example stream('study', 7, 'draw', 3).integer(50_000)
 * @throws StudyError for a number that is not finite or a key too long for the generator
 */
export function stream(...key: (string | number)[]): Stream {
  const seed = canonicalKey(key);
  const generator = seedrandom(seed);
  const word = () => generator.int32() >>> 0;
  return {
    key: seed,
    next: () => generator(),
    integer(bound) {
      if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
        throw new StudyError(
          `invalid bound; not an integer in [1, 2^32]: ${bound}`,
          'integers are drawn from 0 to below a bound: give a whole number from 1 to 2^32',
        );
      }
      // The top words that would make the low remainders likelier are drawn again.
      const end = 2 ** 32 - (2 ** 32 % bound);
      let value = word();
      while (value >= end) value = word();
      return value % bound;
    },
    words: (count) => Uint32Array.from({ length: count }, word),
  };
}

/**
 * JSON of the key with everything outside ASCII escaped. JSON tells 1 from '1' and ['a', 'b'] from
 * ['ab']. The escapes matter because the generator reads the low 8 bits of a character only; the
 * brackets because ARC4 repeats its key cyclically, so that bare 'ab' and 'abab' would be one seed.
 */
function canonicalKey(key: (string | number)[]): string {
  for (const part of key) {
    if (typeof part === 'number' && !Number.isFinite(part)) {
      throw new StudyError(`invalid seed; not a finite number: ${part}`, 'give an integer seed');
    }
  }
  const json = JSON.stringify(key).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (json.length > LONGEST_KEY) {
    throw new StudyError(
      `seed key too long; ${json.length} characters, not at most ${LONGEST_KEY}: ${json}`,
      'shorten the seed, or use its hash',
    );
  }
  return json;
}
