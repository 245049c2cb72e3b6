import { type Cursor, damaged } from './cursor.ts';
import { kindOf, type Made, made } from './made.ts';
import { type PickleHost, readPickle, refuseGlobal } from './pickle.ts';
import { hooksOf, rebuilt, refuseHooks, storageOf, tensorGlobals } from './rebuild.ts';
import type { TorchStorage, TorchTensor } from './tensor.ts';

export interface StateDict {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
  /** By key; their bytes come later in the file. */
  readonly storages: ReadonlyMap<string, TorchStorage>;
}

/**
 * Reads the pickle of a state dict: names and their tensors' places, not yet their values.
 *
 * PyTorch gives every tensor an empty `collections.OrderedDict` for its backward hooks. It is taken
 * there and nowhere else: as a call without arguments, the last that a tensor is made of.
 *
 * @throws StudyError for anything but a flat dict of tensors, for any global but the three that
 *   tensors need and that of their hooks, and for a tensor that reaches beyond its storage
 */
export function readStateDict(cursor: Cursor): StateDict {
  const storages = new Map<string, TorchStorage>();
  const host: PickleHost<Made> = {
    global: (name) => tensorGlobals.get(name) ?? refuseGlobal(name),
    persistent: (id) => ({ kind: 'storage', storage: storageOf(id, storages, 'legacy') }),
    call: (callable, args) => {
      const kind = kindOf(callable);
      if (kind === 'hooks-class') return hooksOf(args);
      if (kind !== 'rebuild') throw damaged('it calls what is no tensor');
      return { kind: 'tensor', tensor: rebuilt(args) };
    },
    refuseItems: refuseHooks,
  };
  const dict = readPickle(cursor, host);
  refuseHooks(dict);
  if (!(dict instanceof Map)) throw damaged('it holds no dict of tensors');
  const tensors = new Map<string, TorchTensor>();
  for (const [name, value] of dict) {
    refuseHooks(value);
    tensors.set(name, made(value, 'tensor', 'a value').tensor);
  }
  return { tensors, storages };
}
