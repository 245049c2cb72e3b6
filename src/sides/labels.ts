import { diskError } from '../arrays/disk.ts';
import { largestOf, smallestOf } from '../arrays/extremes.ts';
import { readNpyArray, readNpz } from '../arrays/npz.ts';
import { readText } from '../arrays/regular-file.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { generatorLabels } from '../generators/labels.ts';
import { generatorOf } from '../generators/spec.ts';
import type { FeaturesSide } from './side.ts';

/** The class of each row of a set that was generated with fixed class proportions. */
export interface Labels {
  readonly path: string;
  /** sha256 (hex) of the classes as they were read. */
  readonly sha256: string;
  /** A number for each row; equal for rows of one class. */
  readonly classes: Uint32Array;
  /** Number of classes. */
  readonly count: number;
  /** Rows of the smallest and of the largest class. */
  readonly smallest: number;
  readonly largest: number;
}

/** Average bytes per label in a file. */
const longestLabel = 1024;

/**
 * Reads the class of each row: a .npy of whole numbers [N], an .npz with `arr_1` (as ADM's sample
 * batches have them next to the images), a text file with one label per line, or a generator with classes,
 * `GEN.onnx:COUNT:SEED`.
 *
 * @param rows of the set
 * @throws StudyError for a missing file, a number of labels that differs from the rows, or one class
 */
export async function readLabels(path: string, rows: number): Promise<Labels> {
  const requireCount = (count: number) => {
    if (count === rows) return;
    throw new StudyError(
      `${path} has ${count} labels for ${rows} images`,
      'give a label for each image, in the order of the features',
    );
  };
  const names = await namesIn(path, rows, requireCount);
  requireCount(names.length);
  return labelsOfNames(path, names);
}

/**
 * The class of each row of a set: `auto` for those that its images have (`.cls` members, a column of
 * labels, folders), else a file that `readLabels` reads.
 *
 * @throws StudyError as `readLabels`, and where a set does not say its classes
 */
export async function labelsOfSide(choice: string, side: FeaturesSide): Promise<Labels> {
  if (choice !== 'auto') return readLabels(choice, side.rows);
  if (generatorOf(side.path)) return readLabels(side.path, side.rows);
  const own = await side.labels?.();
  if (!own) {
    throw new StudyError(
      `--labels auto, but ${side.path} does not say the classes of its images`,
      'classes are the folders of images, .cls members of tars, a column of labels of Parquet; extract features again, or give a file: --labels FILE',
    );
  }
  const names = Array.from(own.codes, (code) => own.classes[code]!);
  return labelsOfNames(`${own.from} of ${side.path}`, names);
}

function labelsOfNames(path: string, names: readonly string[]): Labels {
  const codes = new Map<string, number>();
  const sizes: number[] = [];
  const classes = Uint32Array.from(names, (name) => {
    const code = codes.get(name) ?? codes.size;
    codes.set(name, code);
    sizes[code] = (sizes[code] ?? 0) + 1;
    return code;
  });
  if (codes.size < 2) {
    throw new StudyError(`${path} has one class only`, 'leave --labels out: there are no strata');
  }
  const sha256 = sha256Of(JSON.stringify(names));
  const [smallest, largest] = [smallestOf(sizes), largestOf(sizes)];
  return { path, sha256, classes, count: codes.size, smallest, largest };
}

async function namesIn(
  path: string,
  rows: number,
  requireCount: (count: number) => void,
): Promise<string[]> {
  const spec = generatorOf(path);
  if (spec) {
    requireCount(spec.count);
    return generatorLabels(spec);
  }
  if (/\.npy$/i.test(path)) {
    const labels = await readNpyArray(path, ({ length }) => requireCount(length));
    return wholeNumbers(labels.values, path);
  }
  if (/\.npz$/i.test(path)) {
    const check = ({ arr_1 }: Record<'arr_1', { length: number }>) => requireCount(arr_1.length);
    return wholeNumbers((await readNpz(path, ['arr_1'], check)).arr_1.values, path);
  }
  const text = await readText(path, (rows + 1) * longestLabel).catch((error) => {
    throw diskError(error, path);
  });
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const empty = lines.findIndex((line) => line.trim() === '');
  if (empty >= 0) {
    throw new StudyError(`${path} has no label in line ${empty + 1}`, 'give one label per line');
  }
  return lines.map((line) => line.trim());
}

function wholeNumbers(values: Float64Array, path: string): string[] {
  const wrong = values.find((value) => !Number.isInteger(value));
  if (wrong !== undefined) {
    throw new StudyError(`${path} holds ${wrong}, not a label`, 'labels are whole numbers');
  }
  return Array.from(values, String);
}
