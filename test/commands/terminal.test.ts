import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { visible } from '../../src/commands/terminal.ts';

describe('visible', () => {
  it('shows what a terminal would obey, and leaves all else as it is', () => {
    expect(visible('a\x1b[31mb\x9bc\r\x7f\u202e')).toBe(
      'a\\u001b[31mb\\u009bc\\u000d\\u007f\\u202e',
    );
    const plain = 'naïve 図 😀\n\tN = 5,000 ± 0.1 · — ’ …';
    expect(visible(plain)).toBe(plain);
  });

  it('leaves JSON the value that it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(visible(JSON.stringify({ text })))).toEqual({ text });
      }),
    );
  });
});
