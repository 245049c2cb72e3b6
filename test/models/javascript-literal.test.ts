import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { exportedLiteral } from '../../src/models/javascript-literal.ts';

const wrap = (literal: string) =>
  `!function(d){module.exports=d();var c={exports:{}}}(function(){return{1:[function(d,x,t){` +
  `x.exports=${literal}},{}]},{},[1])(1)});`;

/** A value as a minifier writes it: bare keys, !0 and !1, no leading zero. */
function minified(value: unknown): string {
  if (typeof value === 'boolean') return value ? '!0' : '!1';
  if (typeof value === 'number')
    return (Object.is(value, -0) ? '-0' : String(value)).replace(/^(-?)0\./, '$1.');
  if (Array.isArray(value)) return `[${value.map(minified)}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const key = (name: string) => (/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name));
  return `{${Object.entries(value).map(([name, item]) => `${key(name)}:${minified(item)}`)}}`;
}

describe('exportedLiteral', () => {
  it('reads what a minifier makes of data', () => {
    const text = wrap('{a:[1,-.5,1e-3,2.,-0],b_$1:!0,"c d":!1,7:null,e:"\\"\\u00e4",f:{}}');
    const expected = { a: [1, -0.5, 0.001, 2, -0], b_$1: true, 'c d': false, 7: null, e: '"ä' };
    expect(exportedLiteral(text)).toEqual({ ...expected, f: {} });
    expect(exportedLiteral(wrap('"aGk="'))).toBe('aGk=');
  });

  it('reads any data back', () => {
    const data = fc.jsonValue({ maxDepth: 5 }).filter((value) => typeof value === 'object');
    fc.assert(
      fc.property(fc.array(data), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(exportedLiteral(wrap(minified(value)))).toEqual(value);
      }),
    );
  });

  it.each([
    ['a call', '{a:alert(1)}'],
    ['a name', '{a:process}'],
    ['an expression', '{a:1+1}'],
    ['a function', '{a:function(){}}'],
    ['a template', '[`a`]'],
    ['a computed key', '{["a"]:1}'],
    ['a prototype', '{__proto__:{a:1}}'],
    ['a quoted prototype', '{"__proto__":{a:1}}'],
    ['an octal number', '[010]'],
    ['a key that JavaScript writes otherwise', '{1e3:1}'],
    ['a key that JavaScript rounds', '{9007199254740993:1}'],
    ['an octal key', '{010:1}'],
    ['an element of a literal', '[1,2][0]'],
    ['a difference', '[1]-1'],
    ['a key that begins with a digit', '{1a:1}'],
    ['a hole', '[1,,2]'],
    ['an open string', '"abc'],
    ['a line break in a string', '"a\nb"'],
    ['an endless nest', '['.repeat(100_000)],
  ])('refuses %s', (_, literal) => {
    expect(() => exportedLiteral(wrap(literal))).toThrow(StudyError);
  });

  it('refuses every cut of a module, and text that exports no literal', () => {
    const whole = wrap('{a:[1,2],b:"text"}');
    const end = whole.indexOf('},{}]');
    for (let length = 0; length < end; length += 1) {
      expect(() => exportedLiteral(whole.slice(0, length))).toThrow(StudyError);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => exportedLiteral(text)).toThrow(StudyError);
      }),
    );
  });

  it('throws nothing but a StudyError for arbitrary text', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'{}[]":,!01.e-\\a\n') });
    fc.assert(
      fc.property(fc.oneof(fc.string(), hostile), (text) => {
        try {
          exportedLiteral(wrap(`[${text}`));
        } catch (error) {
          expect(error).toBeInstanceOf(StudyError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
