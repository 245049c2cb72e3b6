import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { linesAgainstN } from '../charts/lines-against-n.ts';
import { toLiveSvg } from '../charts/live-svg.ts';
import { escapeHtml } from '../charts/report/html.ts';
import { openLine } from '../provenance/sealed-journal.ts';
import { thousands } from '../tables/number.ts';
import { Z95 } from '../theory/normal.ts';
import { mean, variance } from '../theory/statistics.ts';
import { type Page, page } from './page.ts';

/** What is known of a sweep under way. */
export interface SoFar {
  readonly draws: number;
  readonly text: string;
  /** Empty before the first draw. */
  readonly svg: string;
}

/** The page of a sweep under way: its script asks for the state again and again. */
export function followPage(path: string): Page {
  const of = escapeHtml(encodeURIComponent(path));
  const body = `<h1>${escapeHtml(path || '.')}: under way</h1>
<p class="answer" id="state" role="status" data-href="follow.json?of=${of}" data-done="report?of=${of}">waiting for the first draw</p>
<section class="charts" aria-label="Charts"><figure id="chart"></figure></section>
<p class="hint">The chart grows with every draw. When the sweep has ended, its report opens.</p>`;
  return page(`${path}: under way`, [{ text: 'All results', href: './' }], body, 'follow.js');
}

/** The draws of a journal that is being written; a line that is torn is one that is being written. */
export async function soFar(folder: string): Promise<SoFar> {
  const text = await readFile(join(folder, 'draws.jsonl'), 'utf8').catch(() => '');
  const [header = '', ...lines] = text.split('\n');
  const bySize = new Map<number, number[]>();
  for (const line of lines) {
    const { size, terms } = Object(openLine(line, header));
    const fid = Object(terms).distance;
    if (!Number.isSafeInteger(size) || !Number.isFinite(fid)) continue;
    bySize.set(size, [...(bySize.get(size) ?? []), fid]);
  }
  const sizes = [...bySize.keys()].sort((a, b) => a - b);
  const draws = sizes.reduce((total, size) => total + bySize.get(size)!.length, 0);
  if (draws === 0) return { draws, text: 'waiting for the first draw', svg: '' };
  const parts = sizes.map((size) => `${bySize.get(size)!.length} at ${thousands(size)}`);
  return {
    draws,
    text: `${thousands(draws)} ${draws === 1 ? 'draw' : 'draws'}: ${parts.join(', ')}`,
    svg: await toLiveSvg(chartOf(sizes, bySize)),
  };
}

function chartOf(sizes: readonly number[], bySize: ReadonlyMap<number, readonly number[]>) {
  const points = sizes.map((size) => {
    const fids = bySize.get(size)!;
    const value = mean(fids);
    const half = Z95 * Math.sqrt((variance(fids) ?? 0) / fids.length);
    return { size, value, lower: value - half, upper: value + half };
  });
  return linesAgainstN({
    title: 'FID against the number of images',
    subtitle: 'mean of the draws so far ± 1.96 SE',
    description: 'Mean FID of the draws so far against the number of generated images, log axis.',
    valueTitle: 'FID',
    isLog: false,
    lines: [{ name: 'so far', points }],
  }) as TopLevelSpec;
}
