import { intervalRows } from '../../charts/interval-rows.ts';
import { thousands } from '../../tables/number.ts';
import { textTable } from '../../tables/text-table.ts';
import type { Prediction, Report } from './routes.ts';

const ROUTE: Readonly<Record<Prediction['route'], string>> = {
  surrogate: '(a)',
  published: '(b)',
  sensitivity: '(a′)',
  'own samples': '(c)',
};

/**
 * Every prediction beside what was reported, for the screen.
 *
 * @param own what the user's own samples have at 5,000
 */
export function cfmTable(
  predictions: readonly Prediction[],
  { fidTo }: Report,
  own?: number,
): string {
  return textTable(
    {
      header: ['', 'FID at 5,000', 'predicted', '95 % interval', 'reported'],
      rows: predictions.map(({ route, label, fid, lower, upper }) => [
        ROUTE[route],
        label,
        fid.toFixed(2),
        `${lower.toFixed(2)} to ${upper.toFixed(2)}`,
        route === 'own samples' ? (own?.toPrecision(3) ?? '–') : String(fidTo),
      ]),
    },
    ['left', 'left'],
  );
}

/** What the table says, in sentences. */
export function inWords(predictions: readonly Prediction[], report: Report): string[] {
  const { fidTo, fidFrom, from, to } = report;
  const held = predictions.filter(({ route }) => route !== 'own samples');
  const inside = held.filter(({ lower, upper }) => lower <= fidTo && fidTo <= upper);
  const [surrogate] = held.filter(({ route }) => route === 'surrogate');
  const [published] = held.filter(({ route }) => route === 'published');
  const varied = held.filter(({ route }) => route === 'sensitivity').map(({ fid }) => fid);
  const at = (n: number) => thousands(n);
  return [
    `${fidFrom} at ${at(from.generated)} images implies ${surrogate!.fid.toFixed(2)} at ${at(to.generated)} by the surrogate and ${published!.fid.toFixed(2)} by published numbers; ${fidTo} was reported, within the interval of ${inside.length} of ${held.length} predictions`,
    '(a) the level of the surrogate is set by 5.12 itself, its trace by DDPM’s pair; only the other end is predicted',
    ...(varied.length > 0
      ? [
          `(a′) other spectra and tails, each calibrated to the same pair, move it from ${Math.min(...varied).toFixed(2)} to ${Math.max(...varied).toFixed(2)}: what they change cancels in the calibration, but for the second order`,
        ]
      : []),
  ];
}

/**
 * One chart of them all against the reported value. Own samples are of another generator, with a value
 * of their own at 5,000: with them, all are drawn as predicted less reported.
 *
 * @param own what the user's own samples have at 5,000
 */
export function cfmChart(predictions: readonly Prediction[], { fidTo }: Report, own?: number) {
  const less = (route: Prediction['route']) => {
    if (own === undefined) return 0;
    return route === 'own samples' ? own : fidTo;
  };
  const isOne = (label: string) => label.startsWith('all but');
  const sources = predictions.filter(({ label }) => isOne(label)).length;
  return intervalRows({
    title: 'The FID at 5,000 images that 5.12 at 50,000 implies',
    subtitle: [
      'Conditional Flow Matching on CIFAR-10: (a) a surrogate, (b) published constants, (a′) the surrogate with other spectra and tails.',
      ...(own === undefined ? [] : [`(c) your own samples: FID ${own.toPrecision(3)} at 5,000`]),
    ],
    description:
      'Predictions of the FID of Conditional Flow Matching at 5,000 images with 95 % intervals, against the reported 9.75.',
    axisTitle: own === undefined ? 'FID at 5,000 images' : 'predicted less reported FID at 5,000',
    rows: predictions.map(({ route, label, fid, lower, upper }) => {
      const zero = less(route);
      // Leaving out one source changes little: one line, all of them over one another.
      const name = isOne(label) ? `any ${sources - 1} of the ${sources} sources` : label;
      return {
        ...{ label: `${ROUTE[route]} ${name}` },
        ...{ value: fid - zero, lower: lower - zero, upper: upper - zero },
        aside: isOne(label) || label.endsWith('alone') || route === 'sensitivity',
      };
    }),
    rule:
      own === undefined
        ? { value: fidTo, text: `reported: ${fidTo}` }
        : { value: 0, text: 'as reported' },
  });
}
