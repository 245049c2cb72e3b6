import type { Content } from '../arrays/stored-array.ts';
import { StudyError } from '../errors.ts';
import { shown } from './cursor.ts';
import { dtypeName, type SafeTensors } from './safetensors.ts';

/**
 * What a file of safetensors holds, by name.
 *
 * @param read the values of one of its tensors
 */
export function safeContent(
  { tensors }: SafeTensors,
  read: (name: string) => Promise<Float32Array | Float64Array>,
): Content {
  return new Map(
    [...tensors].map(([name, { type, shape }]) => [
      name,
      { kind: 'array' as const, dtype: dtypeName(type), shape, read: () => read(name) },
    ]),
  );
}

/** More numbers are not read as a whole: 1 GiB of float32, as of an .npz. */
const mostNumbers = 2 ** 28;

/** All values of a tensor: as float64 where it has more digits than float32. */
export function safeValues(file: SafeTensors, name: string): Float32Array | Float64Array {
  const { type, length, shape } = file.tensors.get(name)!;
  if (length > mostNumbers) {
    throw new StudyError(
      `tensor ${shown(name)} of ${file.path} is [${shape}]: ${length} numbers`,
      `a tensor that is read as a whole may have ${mostNumbers}: save larger features as a .npy`,
    );
  }
  const isDouble = type === 'F64';
  return file.readInto(name, 0, isDouble ? new Float64Array(length) : new Float32Array(length));
}
