import { decodeInto, isFloating, parseDtype } from '../arrays/dtype.ts';
import { damaged, shown } from './cursor.ts';
import {
  type Made,
  type MadeValue,
  made,
  type PickledArray,
  type PickledDtype,
  tuple,
  wholeNumbers,
} from './made.ts';

/** The globals that a NumPy array of numbers needs, in NumPy 1 and 2 and protocol 2. */
export const arrayGlobals: ReadonlyMap<string, Made> = new Map<string, Made>([
  ['numpy.core.multiarray._reconstruct', { kind: 'reconstruct' }],
  ['numpy._core.multiarray._reconstruct', { kind: 'reconstruct' }],
  ['numpy.ndarray', { kind: 'array-class' }],
  ['numpy.dtype', { kind: 'dtype-class' }],
  // Protocol 2 has no bytes: Python writes the call that makes them of a text.
  ['_codecs.encode', { kind: 'encode' }],
]);

/** The bytes that `encode(text, 'latin1')` stands for, not made before they are asked for. */
export function encoded(args: MadeValue): Made {
  const [latin1, codec] = tuple(args, 2, 'an encoding');
  if (typeof latin1 !== 'string' || codec !== 'latin1') throw damaged('bytes of another encoding');
  return { kind: 'bytes', latin1 };
}

/** The array that `_reconstruct(ndarray, (0,), b'b')` stands for, its state still to come. */
export function reconstructed(args: MadeValue): PickledArray {
  const [cls] = tuple(args, 3, 'an array');
  made(cls, 'array-class', 'the class of an array');
  return { kind: 'array', state: undefined };
}

/** The element type that `dtype('f8', False, True)` stands for, its byte order still to come. */
export function elementType(args: MadeValue): PickledDtype {
  const [code] = tuple(args, 3, 'an element type');
  if (typeof code !== 'string') throw damaged('an element type is no text');
  return { kind: 'dtype', code, order: undefined };
}

/** Gives an array or an element type its state. @throws StudyError for anything else */
export function setState(target: MadeValue, state: MadeValue): void {
  const { kind } = Object(target) as { kind?: unknown };
  if (kind === 'array') {
    made(target, 'array', 'an array').state = state;
  } else if (kind === 'dtype') {
    const [version, order] = tuple(state, 8, 'the state of an element type');
    if (version !== 3 || typeof order !== 'string') throw damaged('an element type is unknown');
    made(target, 'dtype', 'an element type').order = order;
  } else throw damaged('it sets the state of what is no array');
}

/** An array's numbers, in C order. */
export interface ArrayValues {
  /** `float64` */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/**
 * The numbers of a pickled array of floats.
 *
 * @throws StudyError if it is of other elements, or its bytes are not those of its shape
 */
export function arrayValues({ state }: PickledArray, name: string): ArrayValues {
  const [version, size, type, fortran, data] = tuple(state, 5, `the state of ${name}`);
  const { code, order } = made(type, 'dtype', `the element type of ${name}`);
  const dtype = parseDtype(`${order}${code}`);
  if (version !== 1 || !dtype || !isFloating(dtype)) {
    throw damaged(`${name} is of the elements ${shown(`${order}${code}`)}`);
  }
  const shape = wholeNumbers(size, `the shape of ${name}`);
  const { latin1 } = made(data, 'bytes', `the data of ${name}`);
  const count = shape.reduce((product, each) => product * each, 1);
  // Before anything is allocated: a shape may claim any number.
  if (latin1.length !== count * dtype.bytes || /[^\0-\xff]/.test(latin1)) {
    throw damaged(`the data of ${name} are not those of its shape [${shape}]`);
  }
  const values = new Float64Array(count);
  decodeInto(new Uint8Array(Buffer.from(latin1, 'latin1')), dtype, values);
  if (fortran === true) return { dtype: dtype.name, shape, values: fromFortran(values, shape) };
  return { dtype: dtype.name, shape, values };
}

function fromFortran(values: Float64Array, shape: readonly number[]): Float64Array {
  const [rows = 1, columns = 1] = shape;
  if (shape.length !== 2) return values;
  return values.map((_, at) => values[(at % columns) * rows + Math.floor(at / columns)]!);
}
