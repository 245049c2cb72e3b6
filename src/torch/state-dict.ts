import { type Cursor, damaged, shown } from './cursor.ts';
import { type Pickled, PickledTuple, type PickleHost, readPickle, refuseGlobal } from './pickle.ts';
import { elementBytes, type TorchStorage, type TorchTensor, type TorchType } from './tensor.ts';

// What the three globals, and what is made of them, become while the pickle is read.
type Made =
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'storage-class'; readonly type: TorchType }
  | { readonly kind: 'storage'; readonly storage: TorchStorage }
  | { readonly kind: 'tensor'; readonly tensor: TorchTensor };

const globals: ReadonlyMap<string, Made> = new Map<string, Made>([
  ['torch._utils._rebuild_tensor_v2', { kind: 'rebuild' }],
  ['torch.FloatStorage', { kind: 'storage-class', type: 'float32' }],
  ['torch.LongStorage', { kind: 'storage-class', type: 'int64' }],
]);

export interface StateDict {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** By key; their bytes come later in the file. */
  readonly storages: ReadonlyMap<string, TorchStorage>;
}

/**
 * Reads the pickle of a state dict: names and their tensors' places, not yet their values.
 *
 * @throws StudyError for anything but a flat dict of tensors, for any global but the three that
 *   tensors need, and for a tensor that reaches beyond its storage
 */
export function readStateDict(cursor: Cursor): StateDict {
  const storages = new Map<string, TorchStorage>();
  const host: PickleHost<Made> = {
    global: (name) => globals.get(name) ?? refuseGlobal(name),
    persistent: (id) => ({ kind: 'storage', storage: storageOf(id, storages) }),
    call: (callable, args) => {
      if (kindOf(callable) !== 'rebuild') throw damaged('it calls what is no tensor');
      return { kind: 'tensor', tensor: rebuilt(args) };
    },
  };
  const dict = readPickle(cursor, host);
  if (!(dict instanceof Map)) throw damaged('it holds no dict of tensors');
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of dict) tensors.set(name, made(value, 'tensor', 'a value').tensor);
  return { tensors, storages };
}

/** `('storage', class, key, device, number of elements, None)` */
function storageOf(id: Pickled<Made>, storages: Map<string, TorchStorage>): TorchStorage {
  const [tag, cls, key, device, length, view] = tuple(id, 6, 'a storage');
  const { type } = made(cls, 'storage-class', 'the class of a storage');
  if (tag !== 'storage' || typeof key !== 'string' || typeof device !== 'string' || view !== null) {
    throw damaged('a storage is of an unknown form');
  }
  const known = storages.get(key);
  const storage = { key, type, length: wholeNumber(length, 'the length of a storage') };
  if (!known) {
    const fresh: TorchStorage = { ...storage, bytes: undefined };
    storages.set(key, fresh);
    return fresh;
  }
  if (known.type !== type || known.length !== storage.length) {
    throw damaged(`storage ${shown(key)} is described in two ways`);
  }
  return known;
}

/** `(storage, offset, size, stride, requires_grad, backward_hooks)` */
function rebuilt(args: Pickled<Made>): TorchTensor {
  const [view, first, size, stride] = tuple(args, 6, 'a tensor');
  const { storage } = made(view, 'storage', 'the storage of a tensor');
  const offset = wholeNumber(first, 'an offset');
  const shape = wholeNumbers(size, 'a shape');
  const strides = wholeNumbers(stride, 'strides');
  if (shape.length !== strides.length) throw damaged(`shape [${shape}] has strides [${strides}]`);
  const count = shape.reduce((product, each) => product * each, 1);
  const last = shape.reduce((sum, each, axis) => sum + (each - 1) * strides[axis]!, offset);
  // Fewer elements than the storage has: strides of 0 could make terabytes of a few bytes.
  if (count > storage.length || (count > 0 && last >= storage.length)) {
    throw damaged(
      `a tensor [${shape}] of strides [${strides}] reaches beyond its storage of ${storage.length}`,
    );
  }
  return { storage, offset, shape, strides };
}

function kindOf(value: Pickled<Made> | undefined): Made['kind'] | undefined {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

function made<Kind extends Made['kind']>(
  value: Pickled<Made> | undefined,
  kind: Kind,
  what: string,
): Extract<Made, { kind: Kind }> {
  if (kindOf(value) !== kind) throw damaged(`${what} is no ${kind}`);
  return value as Extract<Made, { kind: Kind }>;
}

function tuple(
  value: Pickled<Made>,
  length: number,
  what: string,
): readonly (Pickled<Made> | undefined)[] {
  if (value instanceof PickledTuple && value.items.length === length) return value.items;
  throw damaged(`${what} is no tuple of ${length}`);
}

function wholeNumbers(value: Pickled<Made> | undefined, what: string): number[] {
  // More axes than any tensor has would make messages, and nothing else, long.
  if (!(value instanceof PickledTuple) || value.items.length > 8) {
    throw damaged(`${what} is no tuple of up to 8`);
  }
  return value.items.map((item) => wholeNumber(item, what));
}

function wholeNumber(value: Pickled<Made> | undefined, what: string): number {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw damaged(`${what} is no whole number`);
}

/** Bytes of a storage's elements. */
export function byteLength({ type, length }: TorchStorage): number {
  return length * elementBytes[type];
}
