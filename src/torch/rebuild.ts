import type { DtypeName } from '../arrays/dtype.ts';
import { damaged, shown } from './cursor.ts';
import { type Made, type MadeValue, made, tuple, wholeNumber, wholeNumbers } from './made.ts';
import { type Pickled, PickledTuple } from './pickled.ts';
import type { TorchStorage, TorchTensor } from './tensor.ts';

/** PyTorch's classes of storages, by the elements that they hold. */
const storageClasses = {
  BFloat16: 'bfloat16',
  Half: 'float16',
  Float: 'float32',
  Double: 'float64',
  Bool: 'bool',
  Byte: 'uint8',
  Char: 'int8',
  Short: 'int16',
  Int: 'int32',
  Long: 'int64',
} as const satisfies Record<string, DtypeName>;

/** The globals that PyTorch's tensors need, parameters and state dicts among them. */
export const tensorGlobals: ReadonlyMap<string, Made> = new Map<string, Made>([
  ['torch._utils._rebuild_tensor_v2', { kind: 'function', name: 'tensor' }],
  ['torch._utils._rebuild_parameter', { kind: 'function', name: 'parameter' }],
  ['collections.OrderedDict', { kind: 'function', name: 'dict' }],
  ...Object.entries(storageClasses).map(
    ([name, type]) => [`torch.${name}Storage`, { kind: 'storage-class', type }] as const,
  ),
]);

/** An OrderedDict: made of no arguments, its items come after it. */
export function emptyDict(args: Pickled<Made>): Map<string, Pickled<Made>> {
  if (args instanceof PickledTuple && args.items.length === 0) return new Map();
  throw damaged('an OrderedDict has arguments');
}

/**
 * The storage of a persistent id, `('storage', class, key, device, number of elements)`; the legacy
 * format has a view's place, None, at the end.
 */
export function storageOf(
  id: Pickled<Made>,
  storages: Map<string, TorchStorage>,
  format: 'legacy' | 'zip',
): TorchStorage {
  const parts = tuple(id, format === 'legacy' ? 6 : 5, 'a storage');
  const [tag, cls, key, device, length, view = null] = parts;
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

/** The tensor of `(storage, offset, size, stride, requires_grad, backward_hooks)`. */
export function rebuilt(args: MadeValue): TorchTensor {
  const [view, first, size, stride, gradient, hooks] = tuple(args, 6, 'a tensor');
  requireNoHooks(gradient, hooks);
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

/** The tensor of a parameter: `(tensor, requires_grad, backward_hooks)`. */
export function parameter(args: MadeValue): TorchTensor {
  const [value, gradient, hooks] = tuple(args, 3, 'a parameter');
  requireNoHooks(gradient, hooks);
  return made(value, 'tensor', 'the value of a parameter').tensor;
}

/** PyTorch gives every tensor an empty OrderedDict for its hooks; they would be code. */
function requireNoHooks(gradient: MadeValue, hooks: MadeValue): void {
  if (typeof gradient !== 'boolean') throw damaged('a tensor’s need of a gradient is no boolean');
  if (hooks === null || (hooks instanceof Map && hooks.size === 0)) return;
  throw damaged('a tensor’s hooks are not empty');
}
