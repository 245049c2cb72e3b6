import type { DtypeName } from '../arrays/dtype.ts';
import { damaged } from './cursor.ts';
import { type Pickled, PickledTuple } from './pickled.ts';
import type { TorchStorage, TorchTensor } from './tensor.ts';

/** A NumPy array as its pickle makes it: its state may come after it, by BUILD. */
export interface PickledArray {
  readonly kind: 'array';
  state: ArrayState | undefined;
}

/** What a pickle says of an array; nothing of it is checked yet. */
export interface ArrayState {
  readonly shape: Pickled<Made>;
  readonly dtype: Pickled<Made>;
  readonly isFortran: boolean;
  readonly data: Pickled<Made>;
}

/** A NumPy element type: `f8`, and then its byte order by BUILD. */
export interface PickledDtype {
  readonly kind: 'dtype';
  readonly code: string;
  order: string | undefined;
}

/** What globals, and what is made of them, become while a pickle is read. */
export type Made =
  | { readonly kind: 'function'; readonly name: FunctionName }
  | { readonly kind: 'storage-class'; readonly type: DtypeName }
  | { readonly kind: 'storage'; readonly storage: TorchStorage }
  | { readonly kind: 'tensor'; readonly tensor: TorchTensor }
  | { readonly kind: 'array-class' }
  /** Bytes of protocol 2, as a text. */
  | { readonly kind: 'latin1'; readonly text: string }
  | PickledDtype
  | PickledArray;

/** What a pickle may call. */
export type FunctionName =
  | 'tensor'
  | 'parameter'
  | 'dict'
  | 'array'
  | 'array of a buffer'
  | 'number'
  | 'dtype'
  | 'bytes';

export type MadeValue = Pickled<Made> | undefined;

export function kindOf(value: MadeValue): Made['kind'] | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

/** @throws StudyError if the value is of another kind */
export function made<Kind extends Made['kind']>(
  value: MadeValue,
  kind: Kind,
  what: string,
): Extract<Made, { kind: Kind }> {
  if (kindOf(value) !== kind) throw damaged(`${what} is no ${kind}`);
  return value as Extract<Made, { kind: Kind }>;
}

/** @throws StudyError if the value is no tuple of that length */
export function tuple(value: MadeValue, length: number, what: string): readonly MadeValue[] {
  if (value instanceof PickledTuple && value.items.length === length) return value.items;
  throw damaged(`${what} is no tuple of ${length}`);
}

/** @throws StudyError if the value is no tuple of up to 8 whole numbers */
export function wholeNumbers(value: MadeValue, what: string): number[] {
  // More axes than any tensor has would make messages, and nothing else, long.
  if (!(value instanceof PickledTuple) || value.items.length > 8) {
    throw damaged(`${what} is no tuple of up to 8`);
  }
  return value.items.map((item) => wholeNumber(item, what));
}

/** @throws StudyError if the value is no whole number of 0 or more */
export function wholeNumber(value: MadeValue, what: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw damaged(`${what} is no whole number`);
}
