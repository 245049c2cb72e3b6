import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../../src/errors.ts';
import {
  descriptionFormat,
  filters,
  parseDescription,
  poolings,
} from '../../../src/models/custom/description.ts';

const docs = readFileSync(new URL('../../../docs/custom-models.md', import.meta.url), 'utf8');

const smallest = {
  format: descriptionFormat,
  input: { name: 'x', layout: 'NCHW' },
  output: { name: 'y' },
};

const parse = (value: unknown) => parseDescription(JSON.stringify(value), 'net.json');

describe('parseDescription', () => {
  it('fills in the defaults', () => {
    expect(
      parse({ ...smallest, scaling: {}, resize: { size: 9, filter: 'clean-bicubic' } }),
    ).toEqual({
      format: descriptionFormat,
      input: { name: 'x', layout: 'NCHW', colors: 'RGB' },
      resize: { size: [9, 9], filter: 'clean-bicubic' },
      scaling: { divisor: 255, mean: [0, 0, 0], std: [1, 1, 1] },
      output: { name: 'y', pooling: 'none', normalize: false },
    });
  });

  it('takes every example of the documentation', () => {
    const examples = [...docs.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => text!);
    expect(examples).toHaveLength(3);
    for (const text of examples)
      expect(parseDescription(text, 'docs').input.name).toBe('pixel_values');
  });

  it.each<[string, object, string]>([
    ['an unknown format', { format: 'fid-study extractor 2' }, 'format'],
    ['a field that it does not know', { resise: {} }, 'resise'],
    [
      'a field below that it does not know',
      { input: { ...smallest.input, colour: 'RGB' } },
      'colour',
    ],
    ['no input name', { input: { layout: 'NCHW' } }, 'input.name'],
    ['an unknown layout', { input: { name: 'x', layout: 'CHW' } }, 'input.layout'],
    ['an unknown filter', { resize: { size: 9, filter: 'bicubic' } }, 'pillow-bicubic'],
    [
      'two sizes',
      { resize: { size: 9, shortest: 9, filter: filters[0] } },
      'either size or shortest',
    ],
    ['no size', { resize: { filter: filters[0] } }, 'either size or shortest'],
    ['half a pixel', { resize: { size: 9.5, filter: filters[0] } }, 'resize.size'],
    ['a crop alone', { crop: 9 }, 'needs resize'],
    [
      'a crop beyond',
      { resize: { shortest: 9, filter: filters[0] }, crop: [9, 10] },
      'not be larger',
    ],
    ['two means', { scaling: { mean: [1, 2] } }, 'scaling.mean'],
    ['a deviation of 0', { scaling: { std: [1, 0, 1] } }, 'above 0'],
    ['a divisor of 0', { scaling: { divisor: 0 } }, 'scaling.divisor'],
    ['an unknown pooling', { output: { name: 'y', pooling: 'mean' } }, 'output.pooling'],
    ['no numbers in a row', { output: { name: 'y', dimension: 0 } }, 'output.dimension'],
  ])('refuses %s', (_, change, message) => {
    expect(() => parse({ ...smallest, ...change })).toThrow(StudyError);
    expect(() => parse({ ...smallest, ...change })).toThrow(message);
    expect(() => parse({ ...smallest, ...change })).toThrow('net.json does not describe');
  });

  it('is parsed again to the same from what it was parsed to', () => {
    const side = fc.integer({ min: 1, max: 8192 });
    const size = fc.oneof(side, fc.tuple(side, side));
    const values = fc.tuple(
      ...Array.from({ length: 3 }, () => fc.double({ min: 1e-3, max: 1e3, noNaN: true })),
    );
    const optional = { requiredKeys: [] };
    const valid = fc.record(
      {
        note: fc.string(),
        input: fc.record({
          name: fc.string({ minLength: 1 }),
          layout: fc.constantFrom('NCHW', 'NHWC'),
          colors: fc.constantFrom('RGB', 'BGR'),
        }),
        resize: fc.oneof(
          fc.record({ size, filter: fc.constantFrom(...filters) }),
          fc.record({ shortest: side, filter: fc.constantFrom(...filters) }),
        ),
        scaling: fc.record(
          { divisor: fc.double({ min: 0.5, max: 1e3, noNaN: true }), mean: values, std: values },
          optional,
        ),
        output: fc.record(
          {
            name: fc.string({ minLength: 1 }),
            pooling: fc.constantFrom(...poolings),
            normalize: fc.boolean(),
          },
          { requiredKeys: ['name'] },
        ),
      },
      { requiredKeys: ['input', 'output'] },
    );
    fc.assert(
      fc.property(valid, (value) => {
        const once = parse({ format: descriptionFormat, ...value });
        expect(parse(once)).toEqual(once);
        expect(once).toMatchObject({
          ...value,
          ...(once.resize && { resize: once.resize }),
        } as object);
      }),
    );
  });

  it('either parses any text or JSON, or throws a StudyError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.object().map((o) => JSON.stringify({ ...smallest, ...o })),
        ),
        (text) => {
          try {
            parseDescription(text, 'net.json');
          } catch (error) {
            expect(error).toBeInstanceOf(StudyError);
          }
        },
      ),
    );
  });
});
