import protobuf from 'protobufjs/light.js';

/**
 * The part of the ONNX file format that we write and read, as protobuf reflection. Field numbers are
 * those of onnx/onnx.proto (https://github.com/onnx/onnx); they never change. Readers skip what we leave
 * out (functions, sparse tensors, training info).
 */

type Rule = 'repeated' | undefined;

/** One field. Numeric lists are packed: ONNX requires it for tensors, and all its readers accept it. */
function field(id: number, type: string, rule?: Rule, packed = false): protobuf.IField {
  return { id, type, ...(rule && { rule }), ...(packed && { options: { packed: true } }) };
}
const one = (id: number, type: string) => field(id, type);
const many = (id: number, type: string) => field(id, type, 'repeated');
const numbers = (id: number, type: string) => field(id, type, 'repeated', true);

const messages: Record<string, protobuf.IType> = {
  ModelProto: {
    fields: {
      irVersion: one(1, 'int64'),
      producerName: one(2, 'string'),
      producerVersion: one(3, 'string'),
      docString: one(6, 'string'),
      graph: one(7, 'GraphProto'),
      opsetImport: many(8, 'OperatorSetIdProto'),
      metadataProps: many(14, 'StringStringEntryProto'),
    },
  },
  OperatorSetIdProto: { fields: { domain: one(1, 'string'), version: one(2, 'int64') } },
  StringStringEntryProto: { fields: { key: one(1, 'string'), value: one(2, 'string') } },
  GraphProto: {
    fields: {
      node: many(1, 'NodeProto'),
      name: one(2, 'string'),
      initializer: many(5, 'TensorProto'),
      input: many(11, 'ValueInfoProto'),
      output: many(12, 'ValueInfoProto'),
      valueInfo: many(13, 'ValueInfoProto'),
    },
  },
  NodeProto: {
    fields: {
      input: many(1, 'string'),
      output: many(2, 'string'),
      name: one(3, 'string'),
      opType: one(4, 'string'),
      attribute: many(5, 'AttributeProto'),
      domain: one(7, 'string'),
    },
  },
  AttributeProto: {
    fields: {
      name: one(1, 'string'),
      f: one(2, 'float'),
      i: one(3, 'int64'),
      s: one(4, 'bytes'),
      t: one(5, 'TensorProto'),
      g: one(6, 'GraphProto'),
      floats: numbers(7, 'float'),
      ints: numbers(8, 'int64'),
      strings: many(9, 'bytes'),
      tensors: many(10, 'TensorProto'),
      graphs: many(11, 'GraphProto'),
      type: one(20, 'int32'),
    },
  },
  TensorProto: {
    fields: {
      dims: numbers(1, 'int64'),
      dataType: one(2, 'int32'),
      name: one(8, 'string'),
      rawData: one(9, 'bytes'),
      externalData: many(13, 'StringStringEntryProto'),
      dataLocation: one(14, 'int32'),
    },
  },
  ValueInfoProto: { fields: { name: one(1, 'string'), type: one(2, 'TypeProto') } },
  TypeProto: { fields: { tensorType: one(1, 'TypeProtoTensor') } },
  TypeProtoTensor: { fields: { elemType: one(1, 'int32'), shape: one(2, 'TensorShapeProto') } },
  TensorShapeProto: { fields: { dim: many(1, 'Dimension') } },
  Dimension: {
    fields: { dimValue: one(1, 'int64'), dimParam: one(2, 'string') },
    oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
  },
};

// proto2, like ONNX itself: a field that is set is written even if it is 0 or '', so that a reader sees
// an int attribute of 0 and not an attribute without a value.
for (const message of Object.values(messages)) message.edition = 'proto2';

/** The root message; everything is encoded and decoded through it. */
export const ModelMessage = protobuf.Root.fromJSON({ nested: messages }).lookupType('ModelProto');

// The same messages as TypeScript types. 64-bit integers are plain numbers: our dimensions and
// attributes stay far below 2^53.

export interface ModelProto {
  irVersion: number;
  producerName?: string;
  producerVersion?: string;
  docString?: string;
  graph: GraphProto;
  opsetImport: { domain?: string; version: number }[];
  metadataProps: { key: string; value: string }[];
}

export interface GraphProto {
  name: string;
  node: NodeProto[];
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
  valueInfo: ValueInfoProto[];
}

export interface NodeProto {
  name?: string;
  opType: string;
  domain?: string;
  input: string[];
  output: string[];
  attribute: AttributeProto[];
}

export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  t?: TensorProto;
  g?: GraphProto;
  floats?: number[];
  ints?: number[];
  strings?: Uint8Array[];
  tensors?: TensorProto[];
  graphs?: GraphProto[];
}

export interface TensorProto {
  name?: string;
  dims: number[];
  dataType: number;
  /** Little-endian elements in row-major order; other files may keep them elsewhere. */
  rawData?: Uint8Array;
  /** Their place in another file: `location`, `offset` and `length`, as strings. */
  externalData?: { key: string; value: string }[];
  /** 1 if `externalData` says where the elements are. */
  dataLocation?: number;
}

export interface ValueInfoProto {
  name: string;
  type: {
    /** Absent for sequences, maps and similar types. */
    tensorType?: { elemType: number; shape?: { dim: { dimValue?: number; dimParam?: string }[] } };
  };
}
