import { StudyError } from '../errors.ts';
import { type Cursor, shown } from './cursor.ts';
import { opcodeName } from './opcodes.ts';

const distrust =
  'do not trust this file; its author can save plain numbers: features as a .npy, statistics as an .npz, weights as a dict of tensors (docs/own-weights.md)';

/** @throws StudyError that says what was refused */
export function refuse(what: string, hint = distrust): never {
  throw new StudyError(
    `refused ${what} in a pickle: only plain tensors and arrays are read, and no code is run`,
    hint,
  );
}

/** @throws StudyError that names the opcode */
export function refuseOpcode(code: number, at: number): never {
  return refuse(`the opcode ${opcodeName(code)} at byte ${at}`);
}

/** @throws StudyError for a pickle of protocol 5 whose arrays are elsewhere */
export function refuseBuffers(_: unknown, cursor: Cursor): never {
  return refuse(
    `a buffer outside the file, at byte ${cursor.at - 1},`,
    'pickle.dump(value, file) without buffer_callback writes the numbers into the file',
  );
}

/** Names that are no threat, and what their author can write instead. */
const known: ReadonlyMap<string, string> = new Map([
  [
    'torch.storage._load_from_bytes',
    'pickle.dump wrote a tensor: torch.save(tensor, path) writes one that is read',
  ],
  ['torch._utils._rebuild_tensor_v3', 'save a common type: tensor.float()'],
  ['torch._utils._rebuild_sparse_tensor', 'save tensor.to_dense()'],
  ['torch._utils._rebuild_qtensor', 'save tensor.dequantize()'],
  ['torch.ComplexFloatStorage', 'save a real tensor: tensor.abs(), say'],
  ['torch.ComplexDoubleStorage', 'save a real tensor: tensor.abs(), say'],
]);

/** @throws StudyError that names the global */
export function refuseGlobal(name: string): never {
  return refuse(`the global ${shown(name)}`, known.get(name));
}
