import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log, log1p, power, powerOfTen } from '../../src/kernels/elementary.ts';
import { source } from '../imports.ts';

const EPS = Number.EPSILON;
const near = (value: number, expected: number, units: number) => {
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(units * EPS * Math.abs(expected));
};

describe('elementary functions', () => {
  it('agree with those of the engine to a few units in the last place', () => {
    for (let x = -650; x < 650; x += 0.713) near(exp(x), Math.exp(x), 3);
    for (let x = -0.999; x < 30; x += 0.0037) near(log1p(x), Math.log1p(x), 3);
    for (let x = 1e-18; x < 0.3; x *= 1.7) {
      near(log1p(x), Math.log1p(x), 2);
      near(log1p(-x), Math.log1p(-x), 2);
    }
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: -4, max: 4, noNaN: true }),
        (base, exponent) =>
          near(
            power(base, exponent),
            base ** exponent,
            3 * (2 + Math.abs(exponent * Math.log(base))),
          ),
      ),
    );
  });

  it('take whole powers by products, and powers of ten as they are written', () => {
    expect([power(3, 0), power(3, 1), power(3, 5), power(3, -2)]).toEqual([1, 3, 243, 1 / 9]);
    expect(power(1.1, 3)).toBe(1.1 * (1.1 * 1.1));
    expect([powerOfTen(-5), powerOfTen(22)]).toEqual([1e-5, 1e22]);
  });

  it('end at the borders of their domains', () => {
    const infinity = Number.POSITIVE_INFINITY;
    expect([exp(-1e4), exp(-infinity), exp(1e4), exp(infinity)]).toEqual([
      0,
      0,
      infinity,
      infinity,
    ]);
    expect([log(0), log(infinity), log(-1), log(Number.NaN)]).toEqual([
      -infinity,
      infinity,
      NaN,
      NaN,
    ]);
    expect([log1p(-1), log1p(-2), exp(Number.NaN)]).toEqual([-infinity, NaN, NaN]);
    expect([power(0, 2.5), power(0, -2.5), power(0, 0), power(infinity, 0.5)]).toEqual([
      0,
      infinity,
      1,
      infinity,
    ]);
  });

  it('have these very bits on every engine', () => {
    const values = Float64Array.from({ length: 4096 }, (_, i) => 0.001 + i / 1000);
    const all = [
      values.map((x) => exp(x - 2)),
      values.map(log),
      values.map((x) => log1p(x - 0.5)),
      values.map((x) => power(x, -1.25)),
      values.map((x) => power(x, 3)),
    ];
    const hash = createHash('sha256');
    for (const each of all) hash.update(each);
    expect(hash.digest('hex')).toBe(
      'a845cb80c81aa5db84049312548027fce639d6aa10c75e87044c6dbe49ff50db',
    );
  });

  it('stand in for ** wherever it is not a square or a power of two', () => {
    const files = readdirSync(source, { encoding: 'utf8', recursive: true }).filter(
      // The probe asks the engine for its own powers, to tell one from another.
      (name) => name.endsWith('.ts') && !name.includes('assembly') && !name.endsWith('probe.ts'),
    );
    const inexact = files.flatMap((name) =>
      readFileSync(join(source, name), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(\*|\/)/.test(line))
        .flatMap(
          (line) => line.replaceAll(/'[^']*'|`[^`]*`/g, '').match(/\S+ \*\* \S+|Math\.pow/g) ?? [],
        )
        .filter((power) => !/(\*\* 2\b(?!\d)|(^|[([])(2|1024|2n) \*\*)/.test(power))
        .map((power) => `${name}: ${power}`),
    );
    expect(inexact).toEqual([]);
  });
});
