import { StudyError } from '../errors.ts';
import { damaged, shown } from './cursor.ts';
import { kindOf, type Made, type MadeValue, made } from './made.ts';
import type { Pickled } from './pickled.ts';
import type { TorchTensor } from './tensor.ts';

/** Weights by name. */
export interface StateDict {
  readonly tensors: ReadonlyMap<string, TorchTensor>;
}

const plain =
  'save the tensors alone: torch.save(network.state_dict(), path); docs/own-weights.md has the lines';

/**
 * A state dict of what a file of PyTorch holds: names and their tensors' places, not yet their values.
 *
 * @throws StudyError for anything but a flat dict of tensors
 */
export function stateDictOf(value: Pickled<Made>): StateDict {
  if (!(value instanceof Map)) {
    throw new StudyError('the file holds no dict of tensors', plain);
  }
  const tensors = new Map<string, TorchTensor>();
  for (const [name, each] of value) {
    if (each instanceof Map) throw nested(name, each);
    if (kindOf(each) !== 'tensor') {
      throw new StudyError(`${shown(name)} is no tensor, but ${described(each)}`, plain);
    }
    tensors.set(name, made(each, 'tensor', 'a value').tensor);
  }
  if (tensors.size === 0) throw damaged('it holds an empty dict');
  return { tensors };
}

function nested(name: string, dict: ReadonlyMap<string, unknown>): StudyError {
  const names = [...dict.keys()].slice(0, 3).map(shown).join(', ');
  return new StudyError(
    `${shown(name)} is a dict within the dict: of ${names || 'nothing'}`,
    `if it holds the weights, save it alone: torch.save(torch.load(path)[${shown(name)}], other)`,
  );
}

function described(value: MadeValue): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return kindOf(value) ?? 'a tuple';
  return value === null ? 'None' : `a ${typeof value}`;
}
