import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { decodeModel } from '../../src/onnx/encode.ts';
import { GraphBuilder } from '../../src/onnx/graph-builder.ts';
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

describe('tensorData', () => {
  it('refuses bytes that do not fill the shape, and unknown element types', () => {
    const rawData = new Uint8Array(7);
    expect(() => tensorData({ dims: [2], dataType: 1, rawData })).toThrow('needs 8 bytes; got 7');
    expect(() => tensorData({ dims: [1], dataType: 8, rawData: new Uint8Array(8) })).toThrow(
      'unknown element type 8',
    );
  });
});
