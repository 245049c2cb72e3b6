import { StudyError } from '../errors.ts';
import { shown } from '../torch/cursor.ts';
import { openSafetensors, type SafeTensors } from '../torch/safetensors.ts';

/** Values of named tensors, each asked for with the shape that the network gives it. */
export interface VitWeights {
  /** @throws StudyError if the tensor is missing, or of another type or shape */
  values(name: string, shape: readonly number[]): Float32Array<ArrayBuffer>;
  /** The shape of a tensor, where the weights decide it. @throws StudyError if it is missing */
  shapeOf(name: string): readonly number[];
  /**
   * Call it after all layers: otherwise the weights of a network that only starts like this one would
   * give features silently.
   *
   * @param others tensors that no feature passes
   * @throws StudyError naming a tensor that this network does not have
   */
  requireNoOthers(others: RegExp): void;
}

/** Runs `build` with the weights in a safetensors file. */
export function withWeights<Result>(path: string, build: (weights: VitWeights) => Result): Result {
  const file = openSafetensors(path);
  try {
    return build(weightsOf(file));
  } finally {
    file.close();
  }
}

function weightsOf(file: SafeTensors): VitWeights {
  const used = new Set<string>();
  return {
    values(name, shape) {
      used.add(name);
      return file.values(name, shape);
    },
    shapeOf(name) {
      const tensor = file.tensors.get(name);
      if (tensor) return tensor.shape;
      throw new StudyError(
        `tensor ${name} is missing in ${file.path}`,
        'are these the weights of this network, with the names of Hugging Face’s transformers?',
      );
    },
    requireNoOthers(others) {
      const left = [...file.tensors.keys()].filter((name) => !used.has(name) && !others.test(name));
      if (left.length === 0) return;
      const more = left.length > 1 ? `, and ${left.length - 1} more` : '';
      throw new StudyError(
        `unexpected tensor ${shown(left[0]!)}${more} in ${file.path}`,
        'this network has no tensor of that name: are these its weights?',
      );
    },
  };
}
