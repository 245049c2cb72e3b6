import type { CurvePoint } from './curve.ts';
import type { GapRow } from './gap.ts';
import { drawsOf, percent } from './shares-chart.ts';

/** What the study found, a line for each factor and each curve. */
export function causeSummary(
  gaps: readonly GapRow[],
  curve: readonly (CurvePoint & { readonly exponent: number | null })[],
  ratio: number,
  reported: number | null,
): string[] {
  const [plugIn, ...others] = gaps;
  const against = reported === null ? '' : `, ${reported} reported`;
  const near = (own: readonly (typeof curve)[number][]) =>
    own.reduce((a, b) =>
      Math.abs(Math.log(b.ratio / ratio)) < Math.abs(Math.log(a.ratio / ratio)) ? b : a,
    );
  const names = [
    ...new Set(curve.map(({ spectrum, dimension }) => `${spectrum}, d = ${dimension}`)),
  ];
  const inWords = (each: (typeof curve)[number]) =>
    `${each.exponent!.toFixed(2)} at N/d = ${each.ratio.toFixed(2)}`;
  const powers = names.map((name) => {
    const own = curve.filter(
      ({ spectrum, dimension, exponent }) =>
        `${spectrum}, d = ${dimension}` === name && exponent !== null,
    );
    const at = near(own);
    const most = own.reduce((x, y) => (y.exponent! > x.exponent! ? y : x));
    return `the bias falls as N^-p (${name}): p = ${inWords(at)}, maximum ${inWords(most)}`;
  });
  return [
    `gap ${plugIn!.gap.toFixed(3)} ± ${plugIn!.mcse?.toFixed(3) ?? '–'}${against}`,
    ...others.map((row) => {
      const fewer = row.draws === plugIn!.draws ? '' : `, ${drawsOf(row)}`;
      return `${row.switched_off}: ${percent(row)} of it disappears${fewer}`;
    }),
    ...powers,
    ...againstTheory(curve),
  ];
}

/** Largest distance of a point from theory, in units of its error. */
function againstTheory(curve: readonly CurvePoint[]): string[] {
  const off = curve.flatMap(({ scaled, scaled_mcse, expected }) =>
    expected === null ? [] : [Math.abs(scaled - expected) / scaled_mcse],
  );
  if (off.length === 0) return [];
  return [
    `isotropic: all ${off.length} points lie within ${Math.max(...off).toFixed(1)} Monte-Carlo SE of the Marchenko–Pastur law, which is smooth`,
  ];
}
