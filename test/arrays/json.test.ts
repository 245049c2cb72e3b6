import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checked, parseJson } from '../../src/arrays/json.ts';

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
