import { type Attributes, attributeProto } from './attribute.ts';
import { encodeModel } from './encode.ts';
import type { GraphProto, ValueInfoProto } from './schema.ts';
import { type ElementType, elementCodes, type TensorData, tensor } from './tensor.ts';

/** A dimension: a fixed size, or a name for a size that the caller of the model chooses. */
export type Dim = number | string;

/** A value in the graph, known by its name. */
export type Value = string;

export interface EncodeOptions {
  /** Opset of the default domain. onnxruntime supports 17 since 1.12. */
  readonly opset?: number;
  /** Free notes kept in the file (`metadata_props`), such as where weights came from. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Builds an ONNX graph top to bottom: every value is declared before it is used, so the nodes are in the
 * topological order that ONNX requires. Mistakes in building are ours, hence plain Errors.
 *
 * @example
 * const graph = new GraphBuilder('product');
 * const a = graph.input('a', 'float64', ['n', 'd']);
 * const b = graph.input('b', 'float64', ['n', 'm']);
 * const c = graph.node('Gemm', [a, b], { transA: { int: 1 } }, 'c');
 * graph.output(c, 'float64', ['d', 'm']);
 * const bytes = graph.encode();
 */
export class GraphBuilder {
  readonly #graph: GraphProto;
  readonly #values = new Set<Value>();

  constructor(name: string) {
    this.#graph = { name, node: [], initializer: [], input: [], output: [], valueInfo: [] };
  }

  /** Declares a model input. */
  input(name: Value, type: ElementType, dims: readonly Dim[]): Value {
    this.#graph.input.push(valueInfo(name, type, dims));
    return this.#declare(name);
  }

  /** Adds a constant held in the file; the array is not copied until `encode`. */
  initializer(name: Value, data: TensorData, dims: readonly number[] = [data.length]): Value {
    this.#graph.initializer.push(tensor(data, dims, name));
    return this.#declare(name);
  }

  /**
   * Adds a node with one output and returns that output; `''` is an optional input left out.
   *
   * @param output name of the result; default: the operator's name with a running number
   */
  node(
    opType: string,
    inputs: readonly Value[],
    attributes: Attributes = {},
    output: Value = `${opType}_${this.#graph.node.length}`,
  ): Value {
    for (const input of inputs) this.#require(input, opType);
    this.#graph.node.push({
      name: output,
      opType,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    });
    return this.#declare(output);
  }

  /** Declares an existing value as an output of the model. */
  output(name: Value, type: ElementType, dims: readonly Dim[]): void {
    this.#require(name, 'output');
    this.#graph.output.push(valueInfo(name, type, dims));
  }

  /** The ONNX file. The same calls give the same bytes. */
  encode({ opset = 17, metadata = {} }: EncodeOptions = {}): Uint8Array {
    return encodeModel({
      irVersion: 8,
      producerName: 'fid-study',
      graph: this.#graph,
      opsetImport: [{ domain: '', version: opset }],
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  }

  #declare(name: Value): Value {
    if (name === '' || this.#values.has(name)) throw new Error(`value name taken: '${name}'`);
    this.#values.add(name);
    return name;
  }

  #require(name: Value, user: string): void {
    if (name !== '' && !this.#values.has(name)) {
      throw new Error(`${user} uses '${name}' before it is made`);
    }
  }
}

function valueInfo(name: string, type: ElementType, dims: readonly Dim[]): ValueInfoProto {
  const dim = dims.map((size) =>
    typeof size === 'number' ? { dimValue: size } : { dimParam: size },
  );
  return { name, type: { tensorType: { elemType: elementCodes[type], shape: { dim } } } };
}
