import type { GraphBuilder, Value } from '../onnx/graph-builder.ts';

/** Broadcasting arithmetic on values of one floating type; numbers stand for scalar constants. */
export interface Elementwise {
  constant(value: number): Value;
  add(a: Value, b: Value | number): Value;
  sub(a: Value, b: Value | number): Value;
  mul(a: Value, b: Value | number): Value;
  div(a: Value, b: Value | number): Value;
  max(a: Value, b: Value | number): Value;
  min(a: Value, b: Value | number): Value;
  abs(a: Value): Value;
  floor(a: Value): Value;
  /** To the nearest whole number, halves to the even one. */
  round(a: Value): Value;
  /** 1 where equal, else 0. */
  equal(a: Value, b: Value): Value;
  /** `then` if a < b, else `otherwise`, per element. */
  whereLess(a: Value, b: number, then: Value, otherwise: Value | number): Value;
  /** Any numbers as this type. */
  cast(a: Value): Value;
  /** A number as it is, or a value of any type as this type. */
  of(a: Value | number): Value | number;
  /** 0, 1, …, `length` − 1 as [length]; the length is a scalar of this type. */
  range(length: Value | number): Value;
}

const types = { float32: [1, Float32Array], float64: [11, Float64Array] } as const;

/**
 * Arithmetic inside a graph, written as calls.
 *
 * @param name prefix of its constants' names; each use in a graph needs a different one
 */
export function elementwise(
  graph: GraphBuilder,
  type: keyof typeof types,
  name: string,
): Elementwise {
  const [code, Data] = types[type];
  const constants = new Map<number, Value>();
  const constant = (value: number) => {
    const made = constants.get(value) ?? graph.initializer(`${name}/${value}`, Data.of(value), []);
    constants.set(value, made);
    return made;
  };
  const value = (item: Value | number) => (typeof item === 'number' ? constant(item) : item);
  const binary = (operator: string) => (a: Value, b: Value | number) =>
    graph.node(operator, [a, value(b)]);
  const cast = (a: Value) => graph.node('Cast', [a], { to: { int: code } });
  return {
    constant,
    cast,
    of: (a) => (typeof a === 'number' ? a : cast(a)),
    add: binary('Add'),
    sub: binary('Sub'),
    mul: binary('Mul'),
    div: binary('Div'),
    max: binary('Max'),
    min: binary('Min'),
    abs: (a) => graph.node('Abs', [a]),
    floor: (a) => graph.node('Floor', [a]),
    round: (a) => graph.node('Round', [a]),
    equal: (a, b) => cast(graph.node('Equal', [a, b])),
    whereLess: (a, b, then, otherwise) =>
      graph.node('Where', [graph.node('Less', [a, constant(b)]), then, value(otherwise)]),
    range: (length) => graph.node('Range', [constant(0), value(length), constant(1)]),
  };
}
