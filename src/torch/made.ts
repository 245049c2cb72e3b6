import { damaged } from './cursor.ts';
import { type Pickled, PickledTuple } from './pickle.ts';
import type { TorchStorage, TorchTensor, TorchType } from './tensor.ts';

/** A NumPy array as its pickle makes it: its state comes after it, by BUILD. */
export interface PickledArray {
  readonly kind: 'array';
  state: Pickled<Made> | undefined;
}

/** A NumPy element type: `f8`, and then its byte order by BUILD. */
export interface PickledDtype {
  readonly kind: 'dtype';
  readonly code: string;
  order: string | undefined;
}

/** What globals, and what is made of them, become while a pickle is read. */
export type Made =
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'storage-class'; readonly type: TorchType }
  | { readonly kind: 'storage'; readonly storage: TorchStorage }
  | { readonly kind: 'tensor'; readonly tensor: TorchTensor }
  // A tensor's hooks: an empty OrderedDict, as PyTorch gives one to each.
  | { readonly kind: 'hooks-class' }
  | { readonly kind: 'hooks' }
  // What NumPy's arrays need.
  | { readonly kind: 'reconstruct' }
  | { readonly kind: 'array-class' }
  | { readonly kind: 'dtype-class' }
  | { readonly kind: 'encode' }
  | { readonly kind: 'bytes'; readonly latin1: string }
  | PickledDtype
  | PickledArray;

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
