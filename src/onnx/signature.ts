import type { GraphProto, ModelProto, TensorProto, ValueInfoProto } from './schema.ts';

/** An input or output of a model, as its file declares it. */
export interface Port {
  readonly name: string;
  /** `float32`, `uint8`, …; `not a tensor` for sequences and similar types. */
  readonly type: string;
  /** A name or `?` is a length that the file leaves open; null if the file gives no shape. */
  readonly dims: readonly (number | string)[] | null;
}

/** What a model's file states, except for the weights. */
export interface Signature {
  /** Inputs without a value of their own, which the caller must give. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** Name and version of the tool that wrote the file; '' if not stated. */
  readonly producer: string;
  readonly irVersion: number;
  /** Version of each operator set; ONNX's own is named `ai.onnx`. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Other files that hold weights, as the file names them, sorted. */
  readonly externalFiles: readonly string[];
}

/** Names of `TensorProto.DataType`, by code. */
const typeNames: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
};

/** The inputs, outputs and requirements of a decoded model. */
export function signatureOf(model: ModelProto): Signature {
  const { graph, producerName = '', producerVersion = '', irVersion, opsetImport } = model;
  // Files up to IR version 3 list their weights as inputs too.
  const given = new Set(graph.initializer.map(({ name }) => name));
  const versions = opsetImport.map(
    ({ domain, version }) => [domain || 'ai.onnx', version] as const,
  );
  return {
    inputs: graph.input.filter(({ name }) => !given.has(name)).map(port),
    outputs: graph.output.map(port),
    producer: `${producerName} ${producerVersion}`.trim(),
    irVersion,
    opsets: new Map(versions),
    externalFiles: [...new Set(externalFiles(graph))].sort(),
  };
}

/** A file may leave out a name, as protobuf leaves out any empty text. */
function port({ name = '', type }: ValueInfoProto): Port {
  const tensor = type?.tensorType;
  if (!tensor) return { name, type: 'not a tensor', dims: null };
  const dims = tensor.shape?.dim.map(({ dimValue = 0, dimParam }) =>
    // Some exporters write 0 or −1 for a length that they leave open.
    Number.isSafeInteger(dimValue) && dimValue > 0 ? dimValue : dimParam || '?',
  );
  const known = typeNames[tensor.elemType] ?? `type ${tensor.elemType}`;
  return { name, type: known, dims: dims ?? null };
}

/** Weights may also be in nodes, and in the subgraphs of nodes. */
function externalFiles(graph: GraphProto): string[] {
  const attributes = graph.node.flatMap(({ attribute }) => attribute);
  const tensors: TensorProto[] = [
    ...graph.initializer,
    ...attributes.flatMap(({ t, tensors = [] }) => (t ? [t, ...tensors] : tensors)),
  ];
  const graphs = attributes.flatMap(({ g, graphs = [] }) => (g ? [g, ...graphs] : graphs));
  const here = tensors.flatMap(({ dataLocation, externalData = [] }) =>
    dataLocation === 1 ? [externalData.find(({ key }) => key === 'location')?.value ?? ''] : [],
  );
  return [...here, ...graphs.flatMap(externalFiles)];
}
