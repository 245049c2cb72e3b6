import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { decodeModel } from '../../src/onnx/encode.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { tensorData } from '../../src/onnx/tensor.ts';

function productGraph(): Uint8Array {
  const graph = new GraphBuilder('product');
  const a = graph.input('a', 'float64', ['n', 'd']);
  const b = graph.input('b', 'float64', ['n', 'm']);
  const c = graph.node('Gemm', [a, b], { transA: { int: 1 }, alpha: { float: 0.5 } }, 'c');
  graph.output(c, 'float64', ['d', 'm']);
  return graph.encode();
}

describe('GraphBuilder', () => {
  it('writes a float64 Gemm that onnxruntime runs', async () => {
    const session = await InferenceSession.create(productGraph());
    const a = new Tensor('float64', Float64Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
    const b = new Tensor('float64', Float64Array.of(1, 10, 2, 20), [2, 2]);
    const { c } = await session.run({ a, b });
    // Aᵀ·B / 2 with A = [[1, 2, 3], [4, 5, 6]], B = [[1, 10], [2, 20]].
    expect(c?.dims).toEqual([3, 2]);
    expect(c?.data).toEqual(Float64Array.of(4.5, 45, 6, 60, 7.5, 75));
  });

  it('gives onnxruntime every element type of initialisers and every kind of attribute', async () => {
    const graph = new GraphBuilder('types');
    const bytes = graph.input('bytes', 'uint8', [2, 'w']);
    const floats = graph.node('Cast', [bytes], { to: { int: 1 } });
    const shape = graph.initializer('shape', BigInt64Array.of(-1n, 2n));
    const paired = graph.node('Reshape', [floats, shape]);
    const scale = graph.initializer('scale', Float32Array.of(0.5, 2), [2]);
    const moved = graph.node('Transpose', [graph.node('Mul', [paired, scale])], {
      perm: { ints: [1, 0] },
    });
    const one = graph.node('Constant', [], { value: { tensor: Float32Array.of(1), dims: [] } });
    const some = graph.node('Constant', [], { value_floats: { floats: [0.25, 0.75] } });
    const total = graph.node('ReduceSum', [some], { keepdims: { int: 0 } });
    const doubled = graph.node('Einsum', [moved, graph.node('Add', [one, total])], {
      equation: { string: 'ij,->ij' },
    });
    graph.output(doubled, 'float32', [2, 'w']);
    const session = await InferenceSession.create(graph.encode());
    const input = new Tensor('uint8', Uint8Array.of(1, 2, 3, 255), [2, 2]);
    const result = (await session.run({ bytes: input }))[doubled];
    expect(result?.data).toEqual(Float32Array.of(1, 3, 8, 1020));
  });

  it('is read back as it was written', () => {
    const graph = new GraphBuilder('round');
    const x = graph.input('x', 'float32', ['n', 3]);
    const w = graph.initializer('w', Float64Array.of(Math.PI, -0), [2, 1]);
    const n = graph.initializer('n', BigInt64Array.of(-5n, 2n ** 40n), [2]);
    const pads = { auto_pad: { string: 'VALID' }, names: { strings: ['ä', ''] } } as const;
    const y = graph.node('Odd', [x, '', w, n], { ...pads, ints: { ints: [-1, 0, 2 ** 40] } });
    graph.output(y, 'uint8', []);
    const model = decodeModel(graph.encode({ opset: 13, metadata: { source: 'here' } }));
    expect(model.opsetImport).toEqual([{ domain: '', version: 13 }]);
    expect(model.metadataProps).toEqual([{ key: 'source', value: 'here' }]);
    expect(model.graph.input[0]?.type.tensorType?.shape?.dim).toEqual([
      { dimParam: 'n' },
      { dimValue: 3 },
    ]);
    expect(model.graph.initializer.map(tensorData)).toEqual([
      Float64Array.of(Math.PI, -0),
      BigInt64Array.of(-5n, 2n ** 40n),
    ]);
    expect(model.graph.node[0]).toMatchObject({ opType: 'Odd', input: ['x', '', 'w', 'n'] });
    const [autoPad, names, ints] = model.graph.node[0]?.attribute ?? [];
    expect(Buffer.from(autoPad?.s ?? []).toString()).toBe('VALID');
    expect(names?.strings?.map((item) => Buffer.from(item).toString())).toEqual(['ä', '']);
    expect(ints?.ints).toEqual([-1, 0, 2 ** 40]);
  });

  it('gives the same bytes for the same calls', () => {
    expect(Buffer.from(productGraph()).equals(productGraph())).toBe(true);
  });

  it('encodes 200 MB of weights in the time of a copy', () => {
    const graph = new GraphBuilder('large');
    for (let i = 0; i < 200; i += 1) graph.initializer(`w${i}`, new Float32Array(250_000));
    const started = performance.now();
    expect(graph.encode().byteLength).toBeGreaterThan(200e6);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('refuses values that are used before they are made, or made twice', () => {
    const graph = new GraphBuilder('wrong');
    expect(() => graph.node('Relu', ['x'])).toThrow("Relu uses 'x' before it is made");
    graph.input('x', 'float32', ['n']);
    expect(() => graph.node('Relu', ['x'], {}, 'x')).toThrow("value name taken: 'x'");
    expect(() => graph.output('y', 'float32', ['n'])).toThrow("'y' before it is made");
  });

  it('refuses a constant whose shape and length differ', () => {
    const graph = new GraphBuilder('wrong');
    expect(() => graph.initializer('w', new Float32Array(5), [2, 3])).toThrow('needs 6 elements');
  });
});
