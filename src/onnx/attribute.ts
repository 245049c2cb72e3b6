import type { AttributeProto } from './schema.ts';
import { type TensorData, tensor } from './tensor.ts';

/**
 * A node's attribute with its kind, because a bare number could be an int or a float to ONNX:
 * `{ transA: { int: 1 }, alpha: { float: 0.5 }, pads: { ints: [0, 0, 1, 1] } }`.
 */
export type Attribute =
  | { int: number }
  | { float: number }
  | { string: string }
  | { ints: readonly number[] }
  | { floats: readonly number[] }
  | { strings: readonly string[] }
  | { tensor: TensorData; dims: readonly number[] };

export type Attributes = Readonly<Record<string, Attribute>>;

const text = new TextEncoder();

/** The protobuf form; type codes are `AttributeProto.AttributeType`. */
export function attributeProto(name: string, value: Attribute): AttributeProto {
  if ('float' in value) return { name, type: 1, f: value.float };
  if ('int' in value) return { name, type: 2, i: value.int };
  if ('string' in value) return { name, type: 3, s: text.encode(value.string) };
  if ('tensor' in value) return { name, type: 4, t: tensor(value.tensor, value.dims) };
  if ('floats' in value) return { name, type: 6, floats: [...value.floats] };
  if ('ints' in value) return { name, type: 7, ints: [...value.ints] };
  return { name, type: 8, strings: value.strings.map((item) => text.encode(item)) };
}
