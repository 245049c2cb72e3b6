import { damaged, shown } from './cursor.ts';
import {
  kindOf,
  type Made,
  type MadeValue,
  made,
  tuple,
  wholeNumber,
  wholeNumbers,
} from './made.ts';
import { type Pickled, PickledTuple, refuseGlobal } from './pickle.ts';
import type { TorchStorage, TorchTensor } from './tensor.ts';

const hooksName = 'collections.OrderedDict';

/** The three globals that PyTorch's tensors need, and the class of the hooks that it gives them. */
export const tensorGlobals: ReadonlyMap<string, Made> = new Map<string, Made>([
  ['torch._utils._rebuild_tensor_v2', { kind: 'rebuild' }],
  ['torch.FloatStorage', { kind: 'storage-class', type: 'float32' }],
  ['torch.LongStorage', { kind: 'storage-class', type: 'int64' }],
  [hooksName, { kind: 'hooks-class' }],
]);

/**
 * A tensor's hooks, of the arguments that their class is called with: none, so that they are empty.
 * Nothing but a tensor takes them.
 */
export function hooksOf(args: Pickled<Made>): Made {
  if (args instanceof PickledTuple && args.items.length === 0) return { kind: 'hooks' };
  return refuseGlobal(hooksName);
}

/** @throws StudyError that names the class, where there are hooks that are no tensor's */
export function refuseHooks(value: MadeValue): void {
  const kind = kindOf(value);
  if (kind === 'hooks' || kind === 'hooks-class') refuseGlobal(hooksName);
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
export function rebuilt(args: Pickled<Made>): TorchTensor {
  const [view, first, size, stride, gradient, hooks] = tuple(args, 6, 'a tensor');
  if (typeof gradient !== 'boolean') throw damaged('a tensor’s need of a gradient is no boolean');
  if (hooks !== null && kindOf(hooks) !== 'hooks') {
    refuseHooks(hooks);
    throw damaged('a tensor’s hooks are not empty');
  }
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
