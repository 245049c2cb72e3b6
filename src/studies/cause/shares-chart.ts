import { shares } from '../../charts/shares.ts';
import { plusMinus } from '../../tables/number.ts';
import type { GapRow } from './gap.ts';

/**
 * Each share of the gap as a bar.
 *
 * @param gaps the first of them with nothing switched off
 * @param reported the gap that was reported of what the surrogate stands for
 */
export function sharesChart(gaps: readonly GapRow[], title: string, reported: number | null) {
  const { draws, gap } = gaps[0]!;
  const rows = gaps.slice(1).map((row) => ({
    label: row.switched_off,
    value: row.share,
    text: `${percent(row)}${row.draws === draws ? '' : ' *'}`,
  }));
  const ofFewer = gaps.find((row) => row.draws !== draws);
  const fewer = ofFewer ? [`${draws} draws, ± Monte-Carlo SE; * ${drawsOf(ofFewer)}`] : [];
  return shares({
    title: 'What makes the gap',
    subtitle: [
      title,
      `of the surrogate’s own gap, ${gap.toFixed(2)}${reported === null ? '' : ` (${reported} reported)`}`,
      'fewer dimensions are another FID; shares overlap',
      ...fewer,
    ],
    description: `Share of the difference of FID between two numbers of images that goes when one cause is switched off, of which fewer dimensions measure another FID; shares overlap: ${title}.`,
    axis: 'share of the gap that goes',
    rows: rows.sort((a, b) => b.value - a.value),
  });
}

/** `98.6 ± 0.3 %`; of one draw, which has no error, two digits. */
export function percent({ share, share_mcse: error }: GapRow): string {
  if (error !== null) return `${plusMinus(100 * share, 100 * error)} %`;
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** What a row that not all draws went through is of: the first ones. */
export function drawsOf({ draws }: GapRow): string {
  return draws === 1 ? 'of draw 1 only' : `of draws 1 to ${draws} only`;
}
