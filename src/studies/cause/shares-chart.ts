import { shares } from '../../charts/shares.ts';
import { plusMinus } from '../../tables/number.ts';
import type { GapRow } from './gap.ts';

/**
 * Each share of the gap as a bar.
 *
 * @param gaps the first of them with nothing switched off
 * @param reported the gap reported for the model that the surrogate stands for
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
    title: 'What causes the gap',
    subtitle: [
      title,
      `the surrogate’s gap: ${gap.toFixed(2)}${reported === null ? '' : ` (${reported} reported)`}`,
      'fewer dimensions: a different FID; shares overlap',
      ...fewer,
    ],
    description: `Share of the FID gap between two numbers of images that disappears when one factor is removed; fewer dimensions measure a different FID, and shares overlap: ${title}.`,
    axis: 'share of the gap that disappears',
    rows: rows.sort((a, b) => b.value - a.value),
  });
}

/** `98.6 ± 0.3 %`; two digits for a single draw, which has no error. */
export function percent({ share, share_mcse: error }: GapRow): string {
  if (error !== null) return `${plusMinus(100 * share, 100 * error)} %`;
  return `${Number((100 * share).toPrecision(2))} %`;
}

/** The draws of a row that has only the first ones. */
export function drawsOf({ draws }: GapRow): string {
  return draws === 1 ? 'draw 1 only' : `draws 1 to ${draws} only`;
}
