import { zipOf } from '../arrays/zip.ts';
import { isLegacyTorch, readLegacyFile } from './legacy-file.ts';
import {
  elementType,
  looksLikeSafetensors,
  type SafeTensor,
  safetensorsOf,
} from './safetensors.ts';
import { type StateDict, stateDictOf } from './state-dict.ts';
import { byteLength, type TorchTensor } from './tensor.ts';
import { readTorchZip } from './torch-zip.ts';

/**
 * Reads weights, without running anything that they hold: what `torch.save` writes of a state dict,
 * today's zip or the legacy format, or safetensors.
 *
 * @param file the whole file
 * @throws StudyError for anything that is not such a file of a flat dict of tensors
 */
export async function readWeights(file: Uint8Array): Promise<StateDict> {
  if (file[0] === 0x50 && file[1] === 0x4b) {
    const { value, load } = await readTorchZip(await zipOf(file, 'the file'));
    const state = stateDictOf(value);
    for (const { storage } of state.tensors.values()) await load(storage);
    return state;
  }
  if (!isLegacyTorch(file) && looksLikeSafetensors(file)) {
    const { tensors } = safetensorsOf(file, 'the file');
    return {
      tensors: new Map([...tensors].map(([name, each]) => [name, tensorOf(name, each, file)])),
    };
  }
  return stateDictOf(readLegacyFile(file).value);
}

function tensorOf(name: string, { type, shape, length, start }: SafeTensor, file: Uint8Array) {
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, extent) => product * extent, 1),
  );
  const storage = { key: name, type: elementType(type), length, bytes: undefined };
  const bytes = file.subarray(start, start + byteLength(storage));
  return { storage: { ...storage, bytes }, offset: 0, shape, strides } satisfies TorchTensor;
}
