import type { NpzArray } from '../arrays/npz.ts';
import type { JobArrays } from './arrays.ts';

/** Typed arrays that a job can hold. All their numbers are float64's too. */
const types = { Float64Array, Float32Array, Uint32Array } as const;
type TypeName = keyof typeof types;

/** A value without its arrays: each is replaced by `{ array, type }`, or `{ empty, type }`. */
export interface Packed {
  readonly value: unknown;
  readonly arrays: JobArrays;
}

/** Takes the typed arrays out of plain data, so that the rest can be written as JSON. */
export function pack(value: unknown): Packed {
  const arrays: Record<string, { shape: number[]; values: Float64Array }> = {};
  const walk = (each: unknown, path: string): unknown => {
    if (ArrayBuffer.isView(each)) {
      const type = Object.keys(types).find((name) => each instanceof types[name as TypeName]);
      if (type === undefined) throw new Error(`an array that no job can hold: ${path}`);
      const { length } = each as Float64Array;
      if (length === 0) return { empty: true, type };
      arrays[path] = { shape: [length], values: Float64Array.from(each as Float64Array) };
      return { array: path, type };
    }
    if (Array.isArray(each)) return each.map((item, i) => walk(item, `${path}.${i}`));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each).map(([name, item]) => [name, walk(item, `${path}.${name}`)]),
    );
  };
  return { value: walk(value, 'job'), arrays };
}

/** Names of the arrays of a packed value. */
export function packedNames(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('array' in value && typeof value.array === 'string') return [value.array];
  return Object.values(value).flatMap(packedNames);
}

/** Puts the arrays back. */
export function unpack(value: unknown, arrays: Readonly<Record<string, NpzArray>>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => unpack(each, arrays));
  if ('type' in value && ('array' in value || 'empty' in value)) {
    const type = types[value.type as TypeName];
    const { values } = 'array' in value ? arrays[String(value.array)]! : { values: [] };
    return type === Float64Array && values instanceof Float64Array ? values : type.from(values);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, unpack(each, arrays)]),
  );
}
