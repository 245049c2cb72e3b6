import { join } from 'node:path';
import { checked, parseJson } from '../arrays/json.ts';
import { StudyError } from '../errors.ts';
import { checkTables, manifestName } from '../provenance/manifest.ts';
import { holdingOf } from '../provenance/out-folder.ts';
import { readEstimates } from '../tables/estimates.ts';
import { readText } from '../tables/files.ts';
import { readPerformance } from '../tables/performance.ts';
import type { EstimateRow, PerformanceRow } from '../tables/rows.ts';
import { type ChartManifest, chartManifest } from './inputs.ts';

/** The results of a sweep that charts are drawn from. */
export interface SweepResults {
  readonly manifest: ChartManifest;
  readonly estimates: readonly EstimateRow[];
  readonly performance: readonly PerformanceRow[];
}

/**
 * Reads manifest.json, estimates.csv and performance.csv of a sweep's folder.
 *
 * @returns with whether their hashes were checked: manifests of earlier versions have none
 * @throws StudyError if one is missing, damaged or changed, or the folder is of something else
 */
export async function readSweepFolder(
  dir: string,
): Promise<SweepResults & { readonly isSealed: boolean }> {
  const held = await holdingOf(dir);
  if (held?.kind && held.kind !== 'sweep') {
    throw new StudyError(
      `${dir} holds ${held.words}, not a sweep`,
      'give the folder of a finished sweep',
    );
  }
  const manifestPath = join(dir, manifestName);
  const manifest = parseManifest(await readText(manifestPath), manifestPath);
  const estimates = await readEstimates(join(dir, 'estimates.csv'));
  const performance = await readPerformance(join(dir, 'performance.csv'));
  const isSealed = await checkTables(dir, ['estimates.csv', 'performance.csv']);
  return { manifest, estimates, performance, isSealed };
}

function parseManifest(text: string, path: string): ChartManifest {
  return checked(
    parseJson(text, path, HINT),
    chartManifest,
    `${path} is not the manifest of a sweep`,
    HINT,
  );
}

const HINT = 'give the folder of a finished sweep, or run the sweep again to write it';
