import { type Cursor, damaged } from './cursor.ts';
import { kindOf, type Made, made } from './made.ts';
import {
  arrayGlobals,
  elementType,
  encoded,
  ofBuffer,
  reconstructed,
  scalar,
  setState,
} from './numpy-array.ts';
import { readPickle } from './pickle.ts';
import type { Pickled, PickleHost } from './pickled.ts';
import { emptyDict, parameter, rebuilt, storageOf, tensorGlobals } from './rebuild.ts';
import { refuse, refuseGlobal } from './refusals.ts';
import type { TorchStorage } from './tensor.ts';

/** What a pickle of tensors and arrays holds. */
export interface PickledObjects {
  readonly value: Pickled<Made>;
  /** By key; their bytes are elsewhere in the file. */
  readonly storages: ReadonlyMap<string, TorchStorage>;
}

/** All names of code that a pickle may hold. Each is recognised, and none is looked up or run. */
export const allowed: ReadonlyMap<string, Made> = new Map([...tensorGlobals, ...arrayGlobals]);

/**
 * Reads a pickle of tensors, NumPy arrays, plain values, and lists and dicts of them.
 *
 * @param format of PyTorch's container; a bare pickle has no storages
 * @throws StudyError for any other global, naming it
 */
export function readObjects(cursor: Cursor, format: 'legacy' | 'zip' | 'bare'): PickledObjects {
  const storages = new Map<string, TorchStorage>();
  const host: PickleHost<Made> = {
    global: (name) => allowed.get(name) ?? refuseGlobal(name),
    persistent: (id) =>
      format === 'bare'
        ? refuse('a persistent id')
        : { kind: 'storage', storage: storageOf(id, storages, format) },
    call,
    build(target, state) {
      // Attributes of an OrderedDict, such as a state dict's notes on its modules.
      if (target instanceof Map && state instanceof Map) return;
      setState(target, state);
    },
  };
  return { value: readPickle(cursor, host), storages };
}

function call(callable: Pickled<Made>, args: Pickled<Made>): Pickled<Made> {
  if (kindOf(callable) !== 'function') throw damaged('it calls what is no function');
  switch (made(callable, 'function', 'a function').name) {
    case 'tensor':
      return { kind: 'tensor', tensor: rebuilt(args) };
    case 'parameter':
      return { kind: 'tensor', tensor: parameter(args) };
    case 'dict':
      return emptyDict(args);
    case 'array':
      return reconstructed(args);
    case 'array of a buffer':
      return ofBuffer(args);
    case 'number':
      return scalar(args);
    case 'dtype':
      return elementType(args);
    case 'bytes':
      return encoded(args);
  }
}
