import { z } from 'zod';
import { diskError } from '../../arrays/disk.ts';
import { checked, parseJson } from '../../arrays/json.ts';
import { longestOfUsers, readText } from '../../arrays/regular-file.ts';
import { StudyError } from '../../errors.ts';
import type { Pair } from './gap.ts';

const schema = z.object({
  versions: z.record(z.string(), z.string()),
  draws: z.array(
    z.object({
      size: z.int(),
      draw: z.literal(1),
      float64: z.number(),
      float32: z.number(),
    }),
  ),
});

/**
 * FIDs of the first draw at both sizes by SciPy's matrix square root.
 * @throws StudyError if the file is missing, or has other sizes
 */
export async function readScipy(path: string, sizes: readonly [number, number]) {
  const text = await readText(path, longestOfUsers).catch((error) => {
    throw diskError(error, path);
  });
  const wrong = `${path} has no FIDs of SciPy`;
  const { draws, versions } = checked(parseJson(text, path, FIX), schema, wrong, FIX);
  const [small, large] = sizes.map((size) => draws.find((draw) => draw.size === size));
  if (!small || !large) {
    throw new StudyError(`${path} has no draws of ${sizes.join(' and ')}`, FIX);
  }
  const way = (name: string, pair: Pair) => ({ name, pair });
  return {
    versions,
    ways: [
      way('SciPy sqrtm, float64', [small.float64, large.float64]),
      way('SciPy sqrtm, float32', [small.float32, large.float32]),
    ],
  };
}

const FIX = 'write it again: node experiments/cause/scipy.mjs';
