import { type Cursor, damaged } from './cursor.ts';
import { kindOf, type Made, type PickledArray } from './made.ts';
import { arrayGlobals, elementType, encoded, reconstructed, setState } from './numpy-array.ts';
import { type Pickled, type PickleHost, readPickle, refuseGlobal } from './pickle.ts';
import { hooksOf, rebuilt, storageOf, tensorGlobals } from './rebuild.ts';
import type { TorchStorage, TorchTensor } from './tensor.ts';

/** What a cache of torch-fidelity holds, by name; '' where it is one array alone. */
export interface FidelityPickle {
  readonly arrays: ReadonlyMap<string, PickledArray | TorchTensor>;
  /** By key; their bytes are elsewhere in the file. */
  readonly storages: ReadonlyMap<string, TorchStorage>;
}

const globals: ReadonlyMap<string, Made> = new Map([...tensorGlobals, ...arrayGlobals]);

/**
 * Reads the pickle of one of torch-fidelity's caches: a tensor of features, or a dict of statistics
 * as NumPy arrays. What it names is recognised, never run.
 *
 * @throws StudyError for anything else, and for any global but those that such a cache needs
 */
export function readFidelityPickle(cursor: Cursor): FidelityPickle {
  const storages = new Map<string, TorchStorage>();
  const host: PickleHost<Made> = {
    global: (name) => globals.get(name) ?? refuseGlobal(name),
    persistent: (id) => ({ kind: 'storage', storage: storageOf(id, storages, 'zip') }),
    call,
    build: setState,
  };
  const value = readPickle(cursor, host);
  const named = value instanceof Map ? [...value] : [['', value] as const];
  return { arrays: new Map(named.map(([name, each]) => [name, arrayOf(each)])), storages };
}

function call(callable: Pickled<Made>, args: Pickled<Made>): Made {
  switch (kindOf(callable)) {
    case 'rebuild':
      return { kind: 'tensor', tensor: rebuilt(args) };
    case 'hooks-class':
      return hooksOf(args);
    case 'reconstruct':
      return reconstructed(args);
    case 'dtype-class':
      return elementType(args);
    case 'encode':
      return encoded(args);
    default:
      throw damaged('it calls what is neither tensor nor array');
  }
}

function arrayOf(value: Pickled<Made>): PickledArray | TorchTensor {
  if (typeof value === 'object' && value !== null && 'kind' in value) {
    if (value.kind === 'array') return value;
    if (value.kind === 'tensor') return value.tensor;
  }
  throw damaged('it holds what is neither tensor nor array');
}
