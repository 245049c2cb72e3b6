import { type Dtype, decodeInto, parseDtype } from '../arrays/dtype.ts';
import { damaged, shown } from './cursor.ts';
import {
  type ArrayState,
  kindOf,
  type Made,
  type MadeValue,
  made,
  type PickledArray,
  type PickledDtype,
  tuple,
  wholeNumbers,
} from './made.ts';
import { PickledTuple } from './pickled.ts';

/** NumPy 2 calls its module otherwise. */
const modules = ['numpy.core', 'numpy._core'];

/** The globals that a NumPy array of numbers needs, in NumPy 1 and 2 and protocols 2 to 5. */
export const arrayGlobals: ReadonlyMap<string, Made> = new Map<string, Made>([
  ...modules.flatMap((module): [string, Made][] => [
    [`${module}.multiarray._reconstruct`, { kind: 'function', name: 'array' }],
    [`${module}.numeric._frombuffer`, { kind: 'function', name: 'array of a buffer' }],
    [`${module}.multiarray.scalar`, { kind: 'function', name: 'number' }],
  ]),
  ['numpy.ndarray', { kind: 'array-class' }],
  ['numpy.dtype', { kind: 'function', name: 'dtype' }],
  // Protocol 2 has no bytes: Python writes the call that makes them of a text.
  ['_codecs.encode', { kind: 'function', name: 'bytes' }],
]);

/** The bytes that `encode(text, 'latin1')` stands for, not made before they are asked for. */
export function encoded(args: MadeValue): Made {
  const [text, codec] = tuple(args, 2, 'an encoding');
  if (typeof text !== 'string' || codec !== 'latin1') throw damaged('bytes of another encoding');
  return { kind: 'latin1', text };
}

/** The array that `_reconstruct(ndarray, (0,), b'b')` stands for, its state still to come. */
export function reconstructed(args: MadeValue): PickledArray {
  const [cls] = tuple(args, 3, 'an array');
  made(cls, 'array-class', 'the class of an array');
  return { kind: 'array', state: undefined };
}

/** The array of `_frombuffer(bytes, dtype, shape, order)`, of protocol 5. */
export function ofBuffer(args: MadeValue): PickledArray {
  const [data = null, dtype = null, shape = null, order] = tuple(args, 4, 'an array');
  if (order !== 'C' && order !== 'F') throw damaged('the order of an array is unknown');
  return { kind: 'array', state: { shape, dtype, isFortran: order === 'F', data } };
}

/** The element type that `dtype('f8', False, True)` stands for, its byte order still to come. */
export function elementType(args: MadeValue): PickledDtype {
  const [code] = tuple(args, 3, 'an element type');
  if (typeof code !== 'string') throw damaged('an element type is no text');
  return { kind: 'dtype', code, order: undefined };
}

/** The number of `scalar(dtype, bytes)`; null where it is another thing, such as a text. */
export function scalar(args: MadeValue): number | null {
  const [type, data] = tuple(args, 2, 'a scalar');
  const dtype = dtypeOf(type, 'a scalar');
  if (!dtype) return null;
  const value = new Float64Array(1);
  decodeInto(bytesOf(data, dtype.bytes, 'a scalar'), dtype, value);
  return value[0]!;
}

/** Gives an array or an element type its state. @throws StudyError for anything else */
export function setState(target: MadeValue, state: MadeValue): void {
  switch (kindOf(target)) {
    case 'array': {
      const [version, shape = null, dtype = null, fortran, data = null] = tuple(
        state,
        5,
        'the state of an array',
      );
      if (version !== 1 || typeof fortran !== 'boolean') throw damaged('an array is unknown');
      const built: ArrayState = { shape, dtype, isFortran: fortran, data };
      made(target, 'array', 'an array').state = built;
      return;
    }
    case 'dtype': {
      // Version 4 has notes at the end.
      const items = state instanceof PickledTuple ? state.items : [];
      const [version, order] = items;
      const isKnown =
        (version === 3 && items.length === 8) || (version === 4 && items.length === 9);
      if (!isKnown || typeof order !== 'string') throw damaged('an element type is unknown');
      made(target, 'dtype', 'an element type').order = order;
      return;
    }
    default:
      throw damaged('it sets the state of what is no array');
  }
}

/** What is known of an array before its numbers are read. */
export interface ArrayHeader {
  /** `float64`; as NumPy writes it, such as `|O8`, where it is none of numbers. */
  readonly dtype: Dtype | string;
  readonly shape: readonly number[];
}

/** @throws StudyError if a pickle does not say what an array is */
export function arrayHeader({ state }: PickledArray, name: string): ArrayHeader {
  if (!state) throw damaged(`${name} has no state`);
  const { code, order } = made(state.dtype, 'dtype', `the element type of ${name}`);
  const shape = wholeNumbers(state.shape, `the shape of ${name}`);
  return { dtype: dtypeOf(state.dtype, name) ?? `${order}${code}`, shape };
}

/**
 * The numbers of a pickled array, in C order: float32 where no digit is lost.
 *
 * @throws StudyError if it is of other elements, or its bytes are not those of its shape
 */
export function arrayValues(array: PickledArray, name: string): Float32Array | Float64Array {
  const { dtype, shape } = arrayHeader(array, name);
  if (typeof dtype === 'string') throw damaged(`${name} is of the elements ${shown(dtype)}`);
  const count = shape.reduce((product, each) => product * each, 1);
  const bytes = bytesOf(array.state!.data, count * dtype.bytes, `${name} of shape [${shape}]`);
  const isSingle = dtype.name === 'float32' || dtype.name === 'float16';
  const values = isSingle ? new Float32Array(count) : new Float64Array(count);
  decodeInto(bytes, dtype, values);
  return array.state!.isFortran ? fromFortran(values, shape) : values;
}

function dtypeOf(type: MadeValue, name: string): Dtype | undefined {
  const { code, order } = made(type, 'dtype', `the element type of ${name}`);
  return parseDtype(`${order}${code}`);
}

/** @throws StudyError if they are of another length: before anything is made of them */
function bytesOf(data: MadeValue, length: number, name: string): Uint8Array {
  const isText = kindOf(data) === 'latin1';
  const { text } = isText ? made(data, 'latin1', name) : { text: '' };
  const found = data instanceof Uint8Array ? data.length : text.length;
  if (found !== length || /[^\0-\xff]/.test(text)) {
    throw damaged(`${name} has ${found} bytes of data, not ${length}`);
  }
  return data instanceof Uint8Array ? data : Buffer.from(text, 'latin1');
}

function fromFortran(
  values: Float32Array | Float64Array,
  shape: readonly number[],
): Float32Array | Float64Array {
  const [rows = 1, columns = 1] = shape;
  if (shape.length < 2) return values;
  if (shape.length > 2) throw damaged('an array of more than two axes is in Fortran order');
  const out = values.slice();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out[row * columns + column] = values[column * rows + row]!;
    }
  }
  return out;
}
