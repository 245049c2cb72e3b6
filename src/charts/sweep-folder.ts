import { join } from 'node:path';
import { StudyError } from '../errors.ts';
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
 * @throws StudyError if one is missing or damaged
 */
export async function readSweepFolder(dir: string): Promise<SweepResults> {
  const manifestPath = join(dir, 'manifest.json');
  const manifest = parseManifest(await readText(manifestPath), manifestPath);
  const estimates = await readEstimates(join(dir, 'estimates.csv'));
  const performance = await readPerformance(join(dir, 'performance.csv'));
  return { manifest, estimates, performance };
}

function parseManifest(text: string, path: string): ChartManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new StudyError(`${path}: not valid JSON (${(error as Error).message})`, HINT, {
      cause: error,
    });
  }
  const parsed = chartManifest.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StudyError(`${path}, ${issue?.path.join('.') || 'top level'}: ${issue?.message}`, HINT);
}

const HINT = 'give the folder of a finished sweep, or run the sweep again to write it';
