import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checked, objectOf, parseJson } from '../../src/arrays/json.ts';

const schema = z.strictObject({ seeds: z.int().min(1), sizes: z.array(z.int()) });
const refusal = (value: unknown) => {
  try {
    checked(value, schema, 'x.json is no experiment', 'see README');
  } catch (error) {
    return error as Error;
  }
  throw new Error('not refused');
};

describe('parseJson', () => {
  it('names the file and what is wrong with its text', () => {
    expect(parseJson('{"seeds": 3}', 'x.json', 'a hint')).toEqual({ seeds: 3 });
    const parse = () => parseJson('{', 'x.json', 'a hint');
    expect(parse).toThrow(/^x\.json is not JSON: ./);
    expect(parse).toThrow(expect.objectContaining({ name: 'StudyError', hint: 'a hint' }));
  });

  it('refuses what nests deeper than any walk over it may go', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(parseJson(nested(100), 'x.json', 'hint')).toHaveLength(1);
    for (const depth of [101, 100_000]) {
      expect(() => parseJson(nested(depth), 'x.json', 'hint')).toThrow(/more than 100 deep/);
    }
    // Brackets in strings nest nothing.
    const text = JSON.stringify(['"', '\\', `\\"${nested(200)}`, '[['.repeat(100)]);
    expect(parseJson(text, 'x.json', 'hint')).toEqual(JSON.parse(text));
  });
});

describe('objectOf', () => {
  it.each([
    [null, 'null'],
    [[], 'a list'],
    [3, 'a number'],
    ['text', 'a string'],
  ])('refuses %j by its kind', (value, kind) => {
    const refused = () => objectOf(value, 'x.json holds no settings', 'hint');
    expect(refused).toThrow(`x.json holds no settings, but ${kind}`);
    expect(objectOf({ a: 1 }, 'wrong', 'hint')).toEqual({ a: 1 });
  });
});

describe('checked', () => {
  it('gives what the schema reads', () => {
    const value = { seeds: 3, sizes: [5] };
    expect(checked(value, schema, 'wrong', 'hint')).toEqual(value);
  });

  it('names each field that does not hold, on one line', () => {
    const { message } = refusal({ seeds: 0, sizes: [1, 'two'] });
    expect(message).toMatch(/^x\.json is no experiment: seeds: .+; sizes\[1\]: [^\n]+$/);
    expect(refusal(null).message).toMatch(/^x\.json is no experiment: Invalid input[^\n]+$/);
  });

  it('names three of them, however many there are', () => {
    const { message } = refusal({ seeds: 1, sizes: Array(1000).fill('many') });
    expect(message).toContain('sizes[2]');
    expect(message).toMatch(/; and 997 more$/);
    expect(message.length).toBeLessThan(300);
  });
});
