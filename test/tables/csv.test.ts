import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import { ESTIMATE_COLUMNS, estimatesToCsv, parseEstimates } from '../../src/tables/estimates.ts';
import {
  PERFORMANCE_COLUMNS,
  parsePerformance,
  performanceToCsv,
} from '../../src/tables/performance.ts';
import { DRAW, PAIR } from './fixtures.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const numberOrNull = fc.option(number, { nil: null });
const name = fc.string({ unit: 'binary', minLength: 1 });
const size = fc.integer({ min: 1 });
const count = fc.nat();

const estimate = fc
  .record({
    experiment: name,
    source: name,
    size,
    seed: fc.maxSafeInteger(),
    pool: fc.option(fc.nat(), { nil: null }),
    replacement: fc.boolean(),
    method: name,
    mean_term: numberOrNull,
    trace_reference: numberOrNull,
    trace_generated: numberOrNull,
    trace_sqrt: numberOrNull,
    seconds: numberOrNull,
  })
  .chain((row) =>
    fc.oneof(
      number.map((value) => ({ ...row, estimate: value, status: 'ok' as const, error: null })),
      fc.option(name, { nil: null }).map((error) => ({
        ...row,
        estimate: null,
        status: 'failed' as const,
        error,
      })),
    ),
  );

const performance = fc.record({
  experiment: name,
  size,
  method: name,
  measure: fc.constantFrom('mean', 'bias', 'empirical_se', 'variance', 'rmse', 'mse'),
  n_draws: count,
  n_failed: count,
  value: numberOrNull,
  mcse: fc.option(number.map(Math.abs), { nil: null }),
  lower: numberOrNull,
  upper: numberOrNull,
});

describe('a CSV round trip', () => {
  it('gives back every row of estimates.csv, to the last bit', () => {
    fc.assert(
      fc.property(fc.array(estimate), (rows) => {
        expect(parseEstimates(estimatesToCsv(rows))).toEqual(rows);
      }),
    );
  });

  it('gives back every row of performance.csv, to the last bit', () => {
    fc.assert(
      fc.property(fc.array(performance), (rows) => {
        expect(parsePerformance(performanceToCsv(rows))).toEqual(rows);
      }),
    );
  });

  it('writes no cell that a spreadsheet computes, and reads it as it was', () => {
    const texts = ['=HYPERLINK("http://x")', '+1', '-1+2', '@SUM(A1)', '\t=1', '＝1', "'=1", "''-"];
    for (const experiment of texts) {
      const text = estimatesToCsv([{ ...DRAW, experiment }]);
      const cell = text.split('\n')[1]!;
      expect(cell).toMatch(/^"?'/);
      expect(parseEstimates(text)).toEqual([{ ...DRAW, experiment }]);
    }
    // A number is one, whatever its sign; so is an apostrophe that starts no formula.
    const plain = { ...DRAW, estimate: -1.5, experiment: "'a" };
    expect(estimatesToCsv([plain]).split('\n')[1]).toMatch(/^'a,.*,-1\.5,/);
    expect(parseEstimates(estimatesToCsv([plain]))).toEqual([plain]);
  });

  it('reads any text as rows, or refuses it in words', () => {
    const whole = estimatesToCsv([DRAW, { ...DRAW, seed: 2 }]);
    const piece = fc.constantFrom(
      ...whole.split(/(?=[,\n])/),
      '"',
      "'",
      ',',
      '\n',
      '\0',
      'NaN',
      '1e999',
    );
    const cut = fc
      .tuple(fc.nat(whole.length), piece)
      .map(([at, part]) => whole.slice(0, at) + part);
    const any = fc.oneof(
      cut,
      fc.array(piece).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(any, (text) => {
        for (const parse of [parseEstimates, parsePerformance]) {
          try {
            expect(parse(text)).toBeInstanceOf(Array);
          } catch (error) {
            expect(error).toBeInstanceOf(StudyError);
          }
        }
      }),
      { seed: 4, numRuns: 1000 },
    );
  });

  it('reads seconds as null when timings are left out', () => {
    const text = estimatesToCsv([DRAW], { timings: false });
    expect(text).not.toContain('seconds');
    expect(parseEstimates(text)).toEqual([{ ...DRAW, seconds: null }]);
  });

  it('reads what a spreadsheet saved: byte-order mark and CRLF', () => {
    const text = `\uFEFF${estimatesToCsv([DRAW]).replaceAll('\n', '\r\n')}`;
    expect(parseEstimates(text)).toEqual([DRAW]);
  });
});

describe('columns', () => {
  it('are those of design.md, in its order, but for the metric of tables that have several', () => {
    expect(ESTIMATE_COLUMNS.filter((name) => name !== 'metric').join(',')).toBe(
      'experiment,source,size,seed,pool,replacement,method,estimate,mean_term,trace_reference,trace_generated,trace_sqrt,seconds,status,error',
    );
    expect(PERFORMANCE_COLUMNS.filter((name) => name !== 'metric').join(',')).toBe(
      'experiment,size,method,measure,n_draws,n_failed,value,mcse,lower,upper',
    );
  });

  it('do not depend on the order of the keys of a row', () => {
    const reversed = Object.fromEntries(Object.entries(DRAW).reverse()) as unknown as typeof DRAW;
    expect(estimatesToCsv([reversed])).toBe(estimatesToCsv([DRAW]));
  });

  it('write null as the empty field and booleans as words', () => {
    const [, line] = estimatesToCsv([DRAW]).split('\n');
    expect(line).toBe('pair,cifar10-cfm,5000,1,,false,plug-in,9.78,1.5,200,190,190.86,0.25,ok,');
  });

  it('never hold a number that is not finite', () => {
    expect(() => estimatesToCsv([DRAW, { ...DRAW, estimate: Number.NaN }])).toThrow(
      'row 2, column estimate: NaN is not a finite number',
    );
  });
});

describe('a damaged file', () => {
  const good = estimatesToCsv([DRAW, { ...DRAW, seed: 2 }]);
  const cases: readonly (readonly [title: string, text: string, message: RegExp])[] = [
    ['is empty', '', /empty file: e\.csv/],
    [
      'lacks a column',
      good.replace('pool,', ''),
      /line 1, column 5: expected 'pool', found 'replacement'/,
    ],
    [
      'has a column too many',
      good.replace('status,error', 'status,error,extra'),
      /line 1, column 16: expected 'no further column', found 'extra'/,
    ],
    [
      'has columns in another order',
      good.replace('size,seed', 'seed,size'),
      /line 1, column 3: expected 'size', found 'seed'/,
    ],
    ['is cut short in a row', good.slice(0, -30), /line 3: 8 fields under 15 columns/],
    ['is cut short in quotes', `${good.trimEnd()}"half`, /line 3: not valid CSV/],
    [
      'has a decimal comma',
      good.replace('plug-in,9.78', 'plug-in,"9,78"'),
      /line 2, column estimate: not a number: '9,78'/,
    ],
    [
      'has a word for a number',
      good.replace('190.86', 'NaN'),
      /line 2, column trace_sqrt: not a number: 'NaN'/,
    ],
    [
      'has a fractional size',
      good.replace('5000', '5000.5'),
      /line 2, column size: not a whole number: '5000.5'/,
    ],
    ['has a size of 0', good.replace('5000', '0'), /line 2, column size: not a positive number/],
    ['has an odd boolean', good.replace('false', 'no'), /column replacement: neither 'true'/],
    ['has an odd status', good.replace(',ok,', ',done,'), /column status: .*: 'done'/],
    [
      'has no estimate in a good draw',
      good.replace('plug-in,9.78', 'plug-in,'),
      /line 2, column estimate: empty in a draw whose status is ok/,
    ],
  ];
  it.each(cases)('that %s is named with its line and column', (_title, text, message) => {
    expect(() => parseEstimates(text, 'e.csv')).toThrow(StudyError);
    expect(() => parseEstimates(text, 'e.csv')).toThrow(message);
    expect(() => parseEstimates(text, 'e.csv')).toThrow(/^(empty file: )?e\.csv/);
  });

  it('with an unknown measure or a negative error is refused', () => {
    const text = performanceToCsv(PAIR);
    expect(() => parsePerformance(text.replace('bias', 'skew'), 'p.csv')).toThrow(
      "p.csv, line 3, column measure: unknown measure: 'skew'",
    );
    expect(() => parsePerformance(text.replace(',0.0326', ',-1'), 'p.csv')).toThrow(
      "p.csv, line 2, column mcse: negative: '-1'",
    );
  });
});
