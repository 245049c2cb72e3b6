import { thousands } from '../tables/number.ts';
import { type Magnitude, magnitudes } from './magnitudes.ts';
import type { NamedChart } from './render.ts';

/** Input of the charts of jitter. */
export interface JitterChartData {
  /** FID of the images against their copies. */
  readonly fid: number;
  /** Its largest change by each other way to compute it. */
  readonly factors: readonly { readonly label: string; readonly change: number }[];
  /** The other FID, whose sampling error is shown: `train/** against test/**`. */
  readonly drawn: string;
  /** Its error from too few images. */
  readonly sampling: readonly {
    readonly size: number;
    readonly kind: 'bias' | 'sd';
    readonly value: number;
    readonly basis: string;
  }[];
  /** Largest relative change of each measure over all variations. */
  readonly measures: readonly { readonly label: string; readonly change: number }[];
  /** For the subtitles. */
  readonly title: string;
  /** Which devices were measured. */
  readonly devices: string;
}

/** Rounding compared with the sampling error, and FID with other measures. */
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
      ? [`change of their FID of ${ofFid}`]
      : [`recomputed: their FID of ${ofFid}`, `sampling error: FID of ${drawn}`];
  const changes = factors.map(
    ({ label, change }): Magnitude => ({ label, value: change, kind: 'first' }),
  );
  return [
    {
      name: 'fid-change',
      spec: magnitudes({
        title: 'What changes FID, and by how much',
        subtitle: [title, ...which, devices, ...(extrapolated ? ['* extrapolated as 1/N'] : [])],
        description: `Largest change of the FID (${ofFid}) of the same images by each way to compute their features, log axis${errors.length === 0 ? '' : `, with the sampling error of another FID, ${drawn}`}: ${title}.`,
        axis: 'change of FID',
        rows: [...changes, ...errors],
        names: { first: 'recomputed', second: 'sampling error' },
      }),
    },
    {
      name: 'measure-change',
      spec: magnitudes({
        title: 'Largest relative change, by measure',
        subtitle: [title, devices, 'PSNR and SSIM do not use the network'],
        description: `Largest relative change of each measure of the same images over all variations, log axis: ${title}.`,
        axis: 'relative change',
        rows: measures.map(({ label, change }) => ({
          label,
          value: change,
          kind: 'first',
          text: change.toExponential(0),
        })),
        names: { first: '', second: '' },
      }),
    },
  ];
}
