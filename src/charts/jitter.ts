import { thousands } from '../tables/number.ts';
import { type Magnitude, magnitudes } from './magnitudes.ts';
import type { NamedChart } from './render.ts';

/** What the charts of jitter see. */
export interface JitterChartData {
  /** FID of the images against their copies. */
  readonly fid: number;
  /** Largest change of it by each way to compute it otherwise. */
  readonly factors: readonly { readonly label: string; readonly change: number }[];
  /** What the sampling error is of, another FID: `train/** against test/**`. */
  readonly drawn: string;
  /** Error of that for want of images. */
  readonly sampling: readonly {
    readonly size: number;
    readonly kind: 'bias' | 'sd';
    readonly value: number;
    readonly basis: string;
  }[];
  /** Largest relative change of each measure by whatever was varied. */
  readonly measures: readonly { readonly label: string; readonly change: number }[];
  /** For the subtitles. */
  readonly title: string;
  /** Which devices were measured. */
  readonly devices: string;
}

/** Rounding beside the sampling error; and FID beside other measures. */
export function jitterCharts({
  fid,
  drawn,
  factors,
  sampling,
  measures,
  title,
  devices,
}: JitterChartData): NamedChart[] {
  const errors = [...sampling]
    .sort((a, b) => a.value - b.value)
    .map(({ size, kind, value, basis }): Magnitude => {
      const name = kind === 'sd' ? 'SD' : 'bias';
      const label = `${name} at ${thousands(size)}${basis === 'extrapolated' ? ' *' : ''}`;
      return { label, value, kind: 'second' };
    });
  const extrapolated = sampling.some(({ basis }) => basis === 'extrapolated');
  const ofFid = fid.toPrecision(3);
  const which =
    errors.length === 0
      ? [`change of their FID, ${ofFid}`]
      : [`computed otherwise: their FID, ${ofFid}`, `too few: FID of ${drawn}`];
  const changes = factors.map(
    ({ label, change }): Magnitude => ({ label, value: change, kind: 'first' }),
  );
  return [
    {
      name: 'fid-change',
      spec: magnitudes({
        title: 'What moves FID, and how far',
        subtitle: [title, ...which, devices, ...(extrapolated ? ['* extrapolated by 1/N'] : [])],
        description: `Largest change of FID of the same images, ${ofFid}, by each way to compute their features, log axis${errors.length === 0 ? '' : `, beside the error of another FID, ${drawn}, for want of images`}: ${title}.`,
        axis: 'change of FID',
        rows: [...changes, ...errors],
        names: { first: 'computed otherwise', second: 'too few images' },
      }),
    },
    {
      name: 'measure-change',
      spec: magnitudes({
        title: 'The same change, by measure',
        subtitle: [title, devices, 'PSNR and SSIM never pass through the network'],
        description: `Largest relative change of each measure of the same images by whatever was varied, log axis: ${title}.`,
        axis: 'relative change',
        rows: measures.map(({ label, change }) => ({
          ...{ label, value: change, kind: 'first' },
          text: change.toExponential(0),
        })),
        names: { first: '', second: '' },
      }),
    },
  ];
}
