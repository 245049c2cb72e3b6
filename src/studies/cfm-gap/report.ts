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
 * Every prediction with the reported value, for the screen.
 *
 * @param own FID of the user's own samples at 5,000
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
  const known = predictions.filter(({ route }) => route !== 'own samples');
  const inside = known.filter(({ lower, upper }) => lower <= fidTo && fidTo <= upper);
  const [surrogate] = known.filter(({ route }) => route === 'surrogate');
  const [published] = known.filter(({ route }) => route === 'published');
  const varied = known.filter(({ route }) => route === 'sensitivity').map(({ fid }) => fid);
  const at = (n: number) => thousands(n);
  return [
    `${fidFrom} at ${at(from.generated)} images implies ${surrogate!.fid.toFixed(2)} at ${at(to.generated)} by the surrogate and ${published!.fid.toFixed(2)} by published numbers; ${fidTo} was reported, within the interval of ${inside.length} of ${known.length} predictions`,
    '(a) 5.12 sets the level of the surrogate and DDPM’s pair its trace; only the FID at 5,000 is predicted',
    ...(varied.length > 0
      ? [
          `(a′) other spectra and tails, each calibrated to the same pair, predict ${Math.min(...varied).toFixed(2)} to ${Math.max(...varied).toFixed(2)}: their effect cancels in the calibration, except for the second order`,
        ]
      : []),
  ];
}

/**
 * One chart of all predictions against the reported value. Own samples come from another generator,
 * with their own FID at 5,000: with them, the chart shows predicted minus reported.
 *
 * @param own FID of the user's own samples at 5,000
 */
export function cfmChart(predictions: readonly Prediction[], { fidTo }: Report, own?: number) {
  const zeroOf = (route: Prediction['route']) => {
    if (own === undefined) return 0;
    return route === 'own samples' ? own : fidTo;
  };
  const isOne = (label: string) => label.startsWith('all but');
  const sources = predictions.filter(({ label }) => isOne(label)).length;
  return intervalRows({
    title: 'FID at 5,000 images, predicted from 5.12 at 50,000',
    subtitle: [
      'Conditional Flow Matching on CIFAR-10: (a) a surrogate, (b) published constants, (a′) the surrogate with other spectra and tails.',
      ...(own === undefined ? [] : [`(c) your own samples: FID ${own.toPrecision(3)} at 5,000`]),
    ],
    description:
      'Predictions of the FID of Conditional Flow Matching at 5,000 images with 95 % intervals, against the reported 9.75.',
    axisTitle: own === undefined ? 'FID at 5,000 images' : 'predicted − reported FID at 5,000',
    rows: predictions.map(({ route, label, fid, lower, upper }) => {
      const zero = zeroOf(route);
      // Leaving out one source changes little: these share one row.
      const name = isOne(label) ? `any ${sources - 1} of the ${sources} sources` : label;
      return {
        label: `${ROUTE[route]} ${name}`,
        value: fid - zero,
        lower: lower - zero,
        upper: upper - zero,
        aside: isOne(label) || label.endsWith('alone') || route === 'sensitivity',
      };
    }),
    rule:
      own === undefined
        ? { value: fidTo, text: `reported: ${fidTo}` }
        : { value: 0, text: 'reported' },
  });
}
