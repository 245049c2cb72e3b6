import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { parseDescription } from '../../src/models/custom/description.ts';
import { fitOf } from '../../src/models/custom/fit.ts';
import { propose } from '../../src/models/custom/proposal.ts';
import { decodeModel } from '../../src/onnx/encode.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
import { signatureOf } from '../../src/onnx/signature.ts';
import { tensorData } from '../../src/onnx/tensor.ts';

describe('decodeModel', () => {
  it('refuses empty input and text as a user error', () => {
    expect(() => decodeModel(new Uint8Array(0))).toThrow(StudyError);
    expect(() => decodeModel(Buffer.from('<html>not found</html>'))).toThrow(StudyError);
  });

  it('either reads arbitrary and cut bytes or throws a StudyError', () => {
    const graph = new GraphBuilder('whole');
    const x = graph.input('x', 'float32', ['n']);
    graph.output(graph.node('Add', [x, graph.initializer('w', Float32Array.of(1))]), 'float32', []);
    const whole = graph.encode();
    const cut = fc.nat(whole.length - 1).map((end) => whole.subarray(0, end));
    fc.assert(
      fc.property(fc.oneof(cut, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        try {
          decodeModel(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(StudyError);
        }
      }),
    );
  });
});

describe('signatureOf', () => {
  /** The bytes of a protobuf field of another message. */
  const message = (id: number, ...parts: Uint8Array[]) => {
    const body = Buffer.concat(parts);
    const length: number[] = [];
    for (let left = body.length; ; left = Math.floor(left / 128)) {
      length.push(left < 128 ? left : (left % 128) | 128);
      if (left < 128) break;
    }
    return Buffer.concat([Buffer.of((id << 3) | 2, ...length), body]);
  };
  const opset = message(8, Buffer.of(0x10, 17));

  it('refuses graphs that nest without end, and reads others to their depth', () => {
    const nested = (depth: number) => {
      let graph: Buffer = Buffer.alloc(0);
      // A node (1) of the graph, its attribute (5), and the graph (6) of that.
      for (let i = 0; i < depth; i++) graph = message(1, message(5, message(6, graph)));
      return Buffer.concat([message(7, graph), opset]);
    };
    expect(signatureOf(decodeModel(nested(5))).externalFiles).toEqual([]);
    for (const depth of [1000, 5000]) expect(() => decodeModel(nested(depth))).toThrow(StudyError);
  });

  it('takes a length of 0, of −1 or beyond 2⁵³ for one that is left open', () => {
    const graph = new GraphBuilder('open');
    graph.output(graph.input('x', 'float32', ['n', 3]), 'float32', ['n']);
    const model = decodeModel(graph.encode());
    const { dim } = model.graph.input[0]!.type.tensorType!.shape!;
    for (const dimValue of [0, -1, 2 ** 60]) {
      dim[1] = { dimValue };
      expect(signatureOf(model).inputs[0]!.dims).toEqual(['n', '?']);
    }
  });

  it('reads a port without a name as one of an empty name', () => {
    const graph = new GraphBuilder('nameless');
    graph.output(graph.input('x', 'float32', ['n', 3]), 'float32', ['n']);
    const model = decodeModel(graph.encode());
    delete (model.graph.output[0] as { name?: string }).name;
    expect(signatureOf(model).outputs[0]!.name).toBe('');
  });

  it('either describes altered models or throws a StudyError', () => {
    const graph = new GraphBuilder('whole');
    const x = graph.input('x', 'float32', ['n', 3]);
    const sum = graph.node('Add', [x, graph.initializer('w', Float32Array.of(1))]);
    graph.output(sum, 'float32', ['n', 3]);
    const whole = graph.encode();
    const damage = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 6 }), (damages) => {
        const bytes = Buffer.from(whole);
        for (const { at, value } of damages) bytes[at] = value;
        try {
          const signature = signatureOf(decodeModel(bytes));
          fitOf(parseDescription(propose(signature).json, 'net.json'), signature, 'net.onnx');
        } catch (error) {
          expect(error).toBeInstanceOf(StudyError);
        }
      }),
      { seed: 5, numRuns: 3000 },
    );
  });
});

describe('tensorData', () => {
  it('refuses bytes that do not fill the shape, and unknown element types', () => {
    const rawData = new Uint8Array(7);
    expect(() => tensorData({ dims: [2], dataType: 1, rawData })).toThrow('needs 8 bytes; got 7');
    expect(() => tensorData({ dims: [1], dataType: 8, rawData: new Uint8Array(8) })).toThrow(
      'unknown element type 8',
    );
  });
});
