import { StudyError } from '../errors.ts';
import { ModelMessage, type ModelProto } from './schema.ts';

/**
 * The bytes of an ONNX file. protobufjs chains the pieces and copies each tensor once, into a
 * buffer of the final size, so 100 MB of weights take the time of one copy.
 */
export function encodeModel(model: ModelProto): Uint8Array {
  return ModelMessage.encode(model).finish();
}

/**
 * Reads an ONNX file; unknown fields are skipped. Tensors are views of `bytes`.
 *
 * @throws StudyError if the bytes are not an ONNX model with a graph
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  let model: Partial<ModelProto>;
  try {
    // `arrays` gives missing lists as []; int64 as plain numbers.
    model = ModelMessage.toObject(ModelMessage.decode(bytes), { arrays: true, longs: Number });
  } catch (cause) {
    throw notOnnx({ cause });
  }
  if (!model.graph || !model.opsetImport?.length) throw notOnnx();
  return model as ModelProto;
}

function notOnnx(options?: ErrorOptions): StudyError {
  return new StudyError(
    'not an ONNX model',
    'the file may be damaged: build or pull it again',
    options,
  );
}
