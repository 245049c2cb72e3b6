import type { Content, StoredArray } from '../arrays/stored-array.ts';
import { damaged } from './cursor.ts';
import { kindOf, type MadeValue, made } from './made.ts';
import { arrayHeader, arrayValues } from './numpy-array.ts';
import { PickledTuple } from './pickled.ts';
import { type TorchStorage, type TorchTensor, tensorFloats } from './tensor.ts';

/** Deeper than any file of features or statistics; a dict may hold itself. */
const deepest = 8;
const mostThings = 100_000;

/** Reads the bytes of a storage where they are not there yet. */
export type Load = (storage: TorchStorage) => Promise<void>;

/**
 * What a pickle holds, of tensors and arrays alike.
 *
 * @throws StudyError where it nests without end
 */
export function contentOf(value: MadeValue, load: Load = async () => {}): Content {
  let things = 0;
  const of = (each: MadeValue, name: string, depth: number): Content => {
    things += 1;
    if (things > mostThings || depth > deepest) {
      throw damaged(`it nests more than ${deepest} deep, or holds more than ${mostThings} things`);
    }
    if (each instanceof Map) {
      return new Map([...each].map(([key, item]) => [key, of(item, key, depth + 1)]));
    }
    if (each instanceof PickledTuple || Array.isArray(each)) {
      const items = Array.isArray(each) ? each : each.items;
      return items.map((item) => of(item, name, depth + 1));
    }
    if (kindOf(each) === 'tensor')
      return tensorContent(made(each, 'tensor', name).tensor, name, load);
    if (kindOf(each) === 'array') {
      const array = made(each, 'array', name);
      const { dtype, shape } = arrayHeader(array, name);
      return {
        kind: 'array',
        dtype: typeof dtype === 'string' ? dtype : dtype.name,
        shape,
        read: async () => arrayValues(array, name),
      };
    }
    if (typeof each === 'bigint') return Number(each);
    return typeof each === 'number' || typeof each === 'string' ? each : null;
  };
  return of(value, 'the array', 0);
}

function tensorContent(tensor: TorchTensor, name: string, load: Load): StoredArray {
  return {
    kind: 'array',
    dtype: tensor.storage.type,
    shape: tensor.shape,
    async read() {
      await load(tensor.storage);
      return tensorFloats(tensor, name);
    },
  };
}
