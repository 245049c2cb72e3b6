import type { JitterRow } from '../../tables/jitter.ts';
import { type AdviceRow, devicesIn } from './advice.ts';
import { distanceNames, pairNames } from './measures.ts';
import { largestChange } from './rows.ts';

const fids: readonly string[] = distanceNames;

const factorWords: Readonly<Record<string, string>> = {
  run: 'another run',
  threads: 'threads',
  workers: 'networks side by side',
  batch_size: 'batch size',
  level: 'graph optimisation',
  provider: 'provider',
  storage: 'stored as float16',
};

/** The largest change of the FID of images and copies by each factor, instruction sets one by one. */
export function factorChanges(rows: readonly JitterRow[]) {
  const isSingle = ({ factor, status }: JitterRow) => status === 'ok' && !factor.includes('+');
  const label = (row: JitterRow) =>
    row.factor === 'instructions' ? row.variation : (factorWords[row.factor] ?? row.factor);
  const changes = [...new Set(rows.filter(isSingle).map(label))].map((name) => ({
    label: name,
    change: largestChange(rows, pairNames, (row) => isSingle(row) && label(row) === name) ?? 0,
  }));
  return changes.sort((a, b) => a.change - b.change);
}

const measureWords: readonly (readonly [label: string, measures: readonly string[]])[] = [
  ['PSNR', ['psnr']],
  ['SSIM', ['ssim']],
  ['LPIPS', ['lpips']],
  ['features', ['feature_relative_change']],
  ['FID', fids],
  ['KID', ['kid', 'kid_one_side']],
];

/** The largest relative change of each measure, without rounded features, which only some use. */
export function measureChanges(rows: readonly JitterRow[]) {
  return measureWords.flatMap(([label, measures]) => {
    const computed = ({ storage }: JitterRow) => storage === 'float32';
    const change = largestChange(rows, measures, computed, 'relative_change');
    return change === null ? [] : [{ label, change }];
  });
}

/** What was varied, in words. */
export function variedIn(rows: readonly JitterRow[]): string {
  const names = new Set(
    rows.flatMap(({ factor, status, storage }) =>
      status === 'ok' && storage === 'float32' ? factor.split('+') : [],
    ),
  );
  const words = [...names].map((name) => (factorWords[name] ?? name).replace('another ', ''));
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

export function jitterNotes(
  rows: readonly JitterRow[],
  comparable: boolean,
  model: string,
): string[] {
  const skipped = rows.filter(({ status }) => status === 'skipped');
  const measured = rows.filter(({ status }) => status === 'ok');
  return [
    ...(comparable ? [] : [`FIDs of ${model} are not comparable with published FIDs`]),
    devicesIn(measured),
    'PSNR and SSIM are computed from pixels: how the network runs cannot change them',
    ...skipped.map(({ variation, error }) => `not measured: ${variation}: ${error}`),
  ];
}

export function jitterLines(
  rows: readonly JitterRow[],
  advice: readonly AdviceRow[],
  notesOfRun: readonly string[],
): string[] {
  const sizes = measureChanges(rows).map(({ label, change }) =>
    change === 0 ? `${label}: same bits` : `${label}: ${change.toExponential(1)}`,
  );
  return [
    `largest relative change by ${variedIn(rows)}: ${sizes.join(', ')}`,
    ...factorChanges(rows).map(
      ({ label, change }) =>
        `  ${label.padEnd(22)} FID ${change === 0 ? 'has the same bits' : `changes by ${change.toExponential(1)}`}`,
    ),
    ...advice.map((row) => `${row.advice}: ${row.verdict}`),
    ...notesOfRun.map((note) => `note: ${note}`),
  ];
}
