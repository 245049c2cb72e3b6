import { shares } from '../../charts/shares.ts';
import type { Surrogate } from '../../surrogates/surrogate.ts';
import { plusMinus } from '../../tables/number.ts';
import type { CheckRow } from './checks.ts';

/** Every bias measured, with the advice followed or not. */
export function practiceChart(
  checks: readonly CheckRow[],
  { definition, population }: Pick<Surrogate, 'definition' | 'population'>,
) {
  const title = `surrogate ${definition.name}, population FID ${population.distance.toFixed(2)}`;
  const rows = checks
    .filter(({ measure }) => measure.startsWith('bias'))
    .map(({ advice, setting, value, mcse }) => ({
      label: short(advice, setting),
      value,
      text: plusMinus(value, mcse),
    }));
  return shares({
    title: 'Bias with and without the advice',
    subtitle: [title, 'two models: bias of their difference', '± Monte-Carlo SE'],
    description: `Bias of FID, and of the difference of two models, with and without the advice on numbers of images: ${title}.`,
    axis: 'bias',
    of: 'numbers',
    rows,
  });
}

function short(advice: string, setting: string): string {
  if (advice.startsWith('the same')) {
    return setting.startsWith('both')
      ? setting.replace('both', 'two models').replace('the same', 'same')
      : 'two models at different N';
  }
  return setting.replace(/^statistics of (.*) real images$/, 'reference of $1');
}
