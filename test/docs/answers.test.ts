import { describe, expect, it } from 'vitest';
import { plusMinus } from '../../src/tables/number.ts';
import { manifestOf, numbersIn, Page, type Row, records } from './page.ts';

const page = new Page('docs/answers.md');

describe('a figure of docs/answers.md', () => {
  it('of one half against the other is that of results/estimate-halves', async () => {
    const [{ method, estimate, se }] = (await records('estimate-halves/methods.csv')) as [Row];
    const [, half] = (await records('estimate-halves/plug-in.csv')) as [Row, Row];
    const { kid, fid_infinity } = manifestOf('estimate-halves');
    expect([half.size, half.basis, fid_infinity.method]).toEqual([5000, 'all', method]);
    expect(page.numbers('The plug-in FID is')).toEqual([
      '5,000',
      '5,000',
      '0',
      Number(half.fid).toPrecision(2),
      ...numbersIn(plusMinus(Number(estimate), Number(se)).replace('-', '−')),
      ...[kid.kid, kid.se].map((value) => `${Number(value.toPrecision(1))}`),
    ]);
  });

  it('of tails is that of results/cifar10-real', async () => {
    const constants = await records('cifar10-real/constants.csv');
    const ratios = constants.map(({ fourth, gaussian }) => Number(fourth) / Number(gaussian));
    const range = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2));
    expect(page.numbers('as heavy as CIFAR-10')).toEqual(range);
    expect(new Page('docs/theory.md').numbers('On CIFAR-10')).toEqual(
      expect.arrayContaining(range),
    );
  });
});
