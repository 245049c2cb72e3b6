import { describe, expect, it } from 'vitest';
import { plusMinus, thousands } from '../../src/tables/number.ts';
import { manifestOf, numbersIn, Page, type Row, records } from './page.ts';

const page = new Page('docs/findings.md');
const fixed = (value: unknown) => Number(value).toFixed(2).replace('-', '−');

describe('a figure of docs/findings.md on the gap between 5.12 and 9.75', () => {
  it('of the gap between 5.12 and 9.75 is that of results/cfm-gap', async () => {
    const predictions = await records('cfm-gap/predictions.csv');
    const of = (route: string, start = '') =>
      predictions.filter((row) => row.route === route && String(row.label).startsWith(start));
    const range = (rows: typeof predictions) => {
      const values = rows.map(({ fid }) => Number(fid));
      return `${fixed(Math.min(...values))} to ${fixed(Math.max(...values))}`;
    };
    const one = (row: Row) => [fixed(row.fid), `${fixed(row.lower)} to ${fixed(row.upper)}`];
    const tails = of('sensitivity').filter(({ label }) => String(label).includes(', t '));
    const gaussian = of('sensitivity').filter(({ label }) => String(label).endsWith('Gaussian'));
    expect(page.table('route').map((cells) => cells.slice(2))).toEqual([
      one(of('surrogate')[0]!),
      one(of('published', 'all published')[0]!),
      [range(of('published', 'all but')), ''],
      [range(gaussian), ''],
      [tails.map(({ fid }) => fixed(fid)).join(', '), ''],
      ['', ''],
    ]);
    const inside = predictions.filter((row) => row.inside === true);
    expect(inside).toHaveLength(predictions.length);
    expect(page.numbers('9.75 lies within all')).toEqual(['9.75', `${predictions.length}`]);
    const alone = of('published', 'SSGAN alone')[0]!;
    expect(page.numbers('One of the six sources alone')).toEqual(
      [alone.fid, alone.lower, alone.upper].map(fixed),
    );
  });

  it('of its causes is that of results/cause, each of them', async () => {
    const gaps = await records('cause/switched-off.csv');
    const [nothing, ...others] = gaps;
    const rows = page.table('share that disappears');
    const expected = others.map((row) => {
      const error = row.share_mcse === null ? null : 100 * Number(row.share_mcse);
      const share = 100 * Number(row.share);
      const value = error === null ? String(Number(share.toPrecision(2))) : plusMinus(share, error);
      return [String(row.switched_off), `${value} %`, String(row.draws)];
    });
    const byName = (of: string[][]) => [...of].sort(([x], [y]) => (x! < y! ? -1 : 1));
    expect(byName(rows)).toEqual(byName(expected));
    const { reported_gap: reported } = manifestOf('cause');
    expect(page.numbers("The surrogate's gap between")).toEqual([
      '5,000',
      '50,000',
      ...numbersIn(plusMinus(Number(nothing!.gap), Number(nothing!.mcse))),
      '9.75',
      '5.12',
      `${reported}`,
    ]);
  });

  it('of rounding is that of results/jitter, and of the sampling error next to it', async () => {
    const rows = (await records('jitter/jitter.csv')).filter(
      ({ measure, status, storage }) =>
        /^fid(_one_side)?$/.test(String(measure)) && status === 'ok' && storage === 'float32',
    );
    const change = Math.max(...rows.map((row) => Number(row.change)));
    const [{ images, baseline }] = rows as [Row];
    expect(page.numbers('Other vector instructions')).toEqual([
      `${images}`,
      Number(baseline).toPrecision(3),
      change.toExponential(1),
    ]);
    const sampling = await records('jitter/sampling.csv');
    const sd = (size: number) => {
      const row = sampling.find((each) => each.kind === 'sd' && each.size === size)!;
      const times = thousands(Number((Number(row.value) / change).toPrecision(1)));
      return { value: Number(row.value).toExponential(1), times, basis: row.basis };
    };
    const [few, many] = [sd(5000), sd(50_000)];
    expect([few.basis, many.basis]).not.toContain(null);
    expect(many.basis).toBe('extrapolated');
    expect(few.basis).not.toBe('extrapolated');
    expect(page.numbers('For scale')).toEqual([
      few.value,
      '5,000',
      few.times,
      '50,000',
      many.value,
      many.times,
    ]);
    // The same bits, as the page has it of these.
    const same = rows.filter(({ factor }) =>
      /^(run|batch_size|threads|workers)$/.test(`${factor}`),
    );
    expect(same.map((row) => row.change)).toEqual(same.map(() => 0));
    expect(new Set(same.map(({ factor }) => factor)).size).toBe(4);
  });

  it('of the usual advice is that of results/practice, in every row', async () => {
    const checks = await records('practice/practice.csv');
    const timings = await records('practice/timings.csv');
    const of = (advice: string, measure: string) =>
      checks.filter((row) => String(row.advice).startsWith(advice) && row.measure === measure);
    const wrong = (setting: string) => {
      const rows = of('the same N', 'share of draws with the wrong order');
      return (100 * Number(rows.find((row) => row.setting === setting)!.value)).toFixed(0);
    };
    const truth = Number(of('the same N', 'difference of FID')[0]!.value).toFixed(2);
    const bias = (advice: string) =>
      of(advice, 'bias').flatMap(({ setting, value }) => [
        Number(value).toPrecision(2),
        String(setting).match(/[\d,]+/)![0],
      ]);
    const timed = (advice: string) =>
      timings
        .filter(({ what }) => String(what).startsWith(advice))
        .map((row): Row => ({ ...row, number: String(row.what).match(/\d+/)?.[0] ?? null }));
    const [computed, read] = timed('precomputed') as [Row, Row];
    const [one, two] = timed('several') as [Row, Row];
    expect([one.number, two.number]).toEqual(['1', '2']);
    const changes = checks.filter(({ measure }) => String(measure).endsWith('change of features'));
    expect(changes.map(({ value }) => value)).toEqual(changes.map(() => 0));
    const numbers = page.table('what it buys').map(([, cell]) => numbersIn(cell!));
    expect(numbers).toEqual([
      [
        '5,000',
        truth,
        '50,000',
        wrong('the better model at 5,000, the worse at 50,000'),
        '5,000',
        wrong('both at 5,000'),
        '50,000',
        wrong('both at 50,000'),
      ],
      bias('at least'),
      [
        thousands(Number(read.count)),
        ...[read.seconds, computed.seconds].map(String),
        ...bias('precomputed'),
      ],
      timed('larger').flatMap(({ rate, number }) => [`${rate}`, `${number}`]),
      [`${two.rate}`, '2', `${one.rate}`, '1'],
    ]);
  });
});
