import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { datasetConstant } from '../../src/answers/correct/bias-constant.ts';
import { publishedPairs } from '../../src/answers/correct/pairs.ts';
import { versus, versusLine } from '../../src/answers/correct/versus.ts';

const constant = datasetConstant('cifar10', publishedPairs());
const at = (generated: number) => ({ generated, reference: null });
const of = (fid: number, n: number) => ({ fid, sizes: at(n) });
const infinity = at(Number.POSITIVE_INFINITY);

describe('two reported FIDs', () => {
  it('are not told apart where they are one number, and the sign turns with the order', () => {
    const fid = fc.double({ min: 3, max: 60, noNaN: true });
    const size = fc.integer({ min: 3000, max: 100_000 });
    fc.assert(
      fc.property(fid, fid, size, size, (x, y, m, n) => {
        const [forth, back] = [
          versus(of(x, m), of(y, n), infinity, constant),
          versus(of(y, n), of(x, m), infinity, constant),
        ];
        expect(forth.difference).toBeCloseTo(-back.difference, 10);
        expect(forth.lower).toBeCloseTo(-back.upper, 10);
        const same = versus(of(x, m), of(x, m), infinity, constant);
        expect(same.difference).toBe(0);
        expect(same.upper).toBeGreaterThan(0);
      }),
    );
  });

  it('at equal N do not depend on the error of the mean constant', () => {
    const unsure = { ...constant, se: 100 * constant.se };
    const [a, b] = [of(5.4, 50_000), of(5.12, 50_000)];
    const sure = versus(a, b, infinity, constant);
    expect(versus(a, b, infinity, unsure).upper).toBeCloseTo(sure.upper, 10);
    const mixed = [of(9.75, 5000), b] as const;
    expect(versus(...mixed, infinity, unsure).upper).toBeGreaterThan(
      versus(...mixed, infinity, constant).upper,
    );
  });

  it('are judged in words: 9.75 at 5,000 may be as good as 5.12 at 50,000', () => {
    const may = versus(of(9.75, 5000), of(5.12, 50_000), infinity, constant);
    expect(versusLine(may, infinity)).toMatch(
      /^the two cannot be told apart: at infinity 4\.53 against 4\.60/,
    );
    const worse = versus(of(5.4, 50_000), of(5.12, 50_000), infinity, constant);
    expect(versusLine(worse, infinity)).toMatch(/^the second is better/);
    expect(versus(of(9.75, 1000), of(5.12, 50_000), infinity, constant).reliable).toBe(false);
  });
});
