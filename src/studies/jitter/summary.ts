import type { JitterRow } from '../../tables/jitter.ts';
import type { AdviceRow } from './advice.ts';
import { distanceNames } from './measures.ts';
import { largestChange } from './rows.ts';

const fids: readonly string[] = distanceNames;

const factorWords: Readonly<Record<string, string>> = {
  run: 'another run',
  threads: 'threads',
  workers: 'networks side by side',
  batch_size: 'batch size',
  level: 'graph optimisation',
  provider: 'provider',
  storage: 'kept as float16',
};

/** The largest change of FID by each single factor, the instruction sets one by one. */
export function factorChanges(rows: readonly JitterRow[]) {
  const isSingle = ({ factor, status }: JitterRow) => status === 'ok' && !factor.includes('+');
  const label = (row: JitterRow) =>
    row.factor === 'instructions' ? row.variation : (factorWords[row.factor] ?? row.factor);
  const changes = [...new Set(rows.filter(isSingle).map(label))].map((name) => ({
    label: name,
    change: largestChange(rows, fids, (row) => isSingle(row) && label(row) === name) ?? 0,
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

/** The largest relative change of each measure; not by rounding features, which only some see. */
export function measureChanges(rows: readonly JitterRow[]) {
  return measureWords.flatMap(([label, measures]) => {
    const computed = ({ storage }: JitterRow) => storage === 'float32';
    const change = largestChange(rows, measures, computed, 'relative_change');
    return change === null ? [] : [{ label, change }];
  });
}

export function jitterNotes(
  rows: readonly JitterRow[],
  comparable: boolean,
  model: string,
): string[] {
  const skipped = rows.filter(({ status }) => status === 'skipped');
  return [
    ...(comparable ? [] : [`FIDs of ${model} are not comparable with published FIDs`]),
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
    `largest relative change by run, threads, batch, graph, provider or instructions: ${sizes.join(', ')}`,
    ...factorChanges(rows).map(
      ({ label, change }) =>
        `  ${label.padEnd(22)} FID ${change === 0 ? 'the same bits' : `moves by ${change.toExponential(1)}`}`,
    ),
    ...advice.map((row) => `${row.advice}: ${row.verdict}`),
    ...notesOfRun.map((note) => `note: ${note}`),
  ];
}
