import type { NpzArray } from '../arrays/npz.ts';
import { StudyError } from '../errors.ts';
import type { JobArrays } from './arrays.ts';

/** Typed arrays that a job can hold. All their numbers are float64's too. */
const types = { Float64Array, Float32Array, Uint32Array } as const;
type TypeName = keyof typeof types;

/** A value without its arrays: each is replaced by `{ '#array', type }`. */
export interface Packed {
  readonly value: unknown;
  readonly arrays: JobArrays;
}

/** Takes the typed arrays out of plain data, so that the rest can be written as JSON. */
export function pack(value: unknown): Packed {
  const arrays: Record<string, { shape: number[]; values: Float64Array }> = {};
  const walk = (each: unknown): unknown => {
    if (ArrayBuffer.isView(each)) {
      const type = Object.keys(types).find((name) => each instanceof types[name as TypeName]);
      if (type === undefined) throw new Error(`an array that no job can hold: ${each}`);
      const { length } = each as Float64Array;
      // An .npz of ours has no empty arrays.
      if (length === 0) return { '#array': null, type };
      const name = `array${Object.keys(arrays).length}`;
      arrays[name] = { shape: [length], values: Float64Array.from(each as Float64Array) };
      return { '#array': name, type };
    }
    if (Array.isArray(each)) return each.map(walk);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(Object.entries(each).map(([name, item]) => [name, walk(item)]));
  };
  return { value: walk(value), arrays };
}

/** Names of the arrays of a packed value. */
export function packedNames(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('#array' in value) return typeof value['#array'] === 'string' ? [value['#array']] : [];
  return Object.values(value).flatMap(packedNames);
}

/** Puts the arrays back. @throws StudyError for an array that is not there, or of another type */
export function unpack(value: unknown, arrays: Readonly<Record<string, NpzArray>>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => unpack(each, arrays));
  if ('#array' in value && 'type' in value) {
    const name = value['#array'];
    const found = name === null ? { values: [] } : arrays[String(name)];
    const isKnown = Object.hasOwn(types, String(value.type));
    if (!found || !isKnown)
      throw new StudyError('a job with an array that it does not have', 'prepare it again');
    const type = types[value.type as TypeName];
    const { values } = found;
    return type === Float64Array && values instanceof Float64Array ? values : type.from(values);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, unpack(each, arrays)]),
  );
}
