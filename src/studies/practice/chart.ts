import { shares } from '../../charts/shares.ts';
import { plusMinus } from '../../tables/number.ts';
import type { CheckRow } from './checks.ts';

/** Every bias, whichever advice it belongs to. */
export function practiceChart(checks: readonly CheckRow[], title: string) {
  const rows = checks
    .filter(({ measure }) => measure.startsWith('bias'))
    .map(({ advice, setting, value, mcse }) => ({
      label: short(advice, setting),
      value,
      text: plusMinus(value, mcse),
    }));
  return shares({
    title: 'What the advice buys',
    subtitle: [title, 'first rows: bias of the difference of two models', '± Monte-Carlo SE'],
    description: `Bias of FID, and of the difference of two models, with and without the advice on numbers of images: ${title}.`,
    axis: 'bias',
    of: 'numbers',
    rows,
  });
}

function short(advice: string, setting: string): string {
  if (advice.startsWith('the same')) return setting.startsWith('both') ? setting : 'at different N';
  return setting.replace('statistics of ', '').replace(' real images', ' real');
}
