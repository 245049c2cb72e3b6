import { describe, expect, it } from 'vitest';
import { performanceTable } from '../../src/tables/latex.ts';
import { screenTable } from '../../src/tables/summary.ts';
import { PAIR, performanceAt } from './fixtures.ts';

describe('the screen table', () => {
  it('has a line per size, with values no finer than their error', () => {
    expect(`\n${screenTable(PAIR, [{ size: 5000, fid: 9.75 }])}\n`).toBe(`
  size  draws  mean FID ± MCSE     SD    bias ± MCSE   RMSE  published
──────  ─────  ───────────────  ─────  ─────────────  ─────  ─────────
 5,000     10      9.78 ± 0.03   0.10    5.18 ± 0.03   5.18       9.75
50,000     10    5.118 ± 0.003  0.010  0.518 ± 0.003  0.518          –
`);
  });

  it('leaves out what no row has, and counts failed draws', () => {
    const rows = performanceAt(5000, { mean: [9.78, null], empirical_se: [null, null] });
    const table = screenTable(rows.map((row) => ({ ...row, n_draws: 1, n_failed: 2 })));
    expect(table.split('\n')[0]?.trim()).toBe('size         draws  mean FID ± MCSE');
    expect(table.split('\n')[2]?.trim()).toBe('5,000  1 (2 failed)             9.78');
  });

  it('names methods once there are two', () => {
    const other = PAIR.map((row) => ({ ...row, method: 'half-sample' }));
    const table = screenTable([...PAIR, ...other]);
    expect(table.match(/plug-in/g)).toHaveLength(2);
    expect(table.match(/half-sample/g)).toHaveLength(2);
  });

  it('is the same whatever the order of the rows', () => {
    expect(screenTable([...PAIR].reverse())).toBe(screenTable(PAIR));
  });
});

describe('the LaTeX table', () => {
  it('is a booktabs tabular with Monte-Carlo errors in parentheses', () => {
    expect(
      performanceTable(PAIR),
    ).toBe(`% value (Monte-Carlo standard error); needs \\usepackage{booktabs}
\\begin{tabular}{rrrrrr}
\\toprule
size & draws & mean FID (MCSE) & SD (MCSE) & bias (MCSE) & RMSE (MCSE) \\\\
\\midrule
5,000 & 10 & 9.78 (0.03) & 0.10 (0.02) & 5.18 (0.03) & 5.18 (0.03) \\\\
50,000 & 10 & 5.118 (0.003) & 0.010 (0.002) & 0.518 (0.003) & 0.518 (0.003) \\\\
\\bottomrule
\\end{tabular}
`);
  });

  it('sets minus signs in math and escapes what LaTeX would read', () => {
    const rows = performanceAt(5000, { bias: [-0.51, 0.03], mean: [null, null] });
    const text = performanceTable([
      ...rows,
      ...rows.map((row) => ({ ...row, method: 'a_b & 5% {~}' })),
    ]);
    expect(text).toContain('$-0.51$ (0.03)');
    expect(text).toContain('a\\_b \\& 5\\% \\{\\textasciitilde{}\\}');
  });
});
