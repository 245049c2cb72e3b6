import { resolve } from 'node:path';
import type { ReferenceRows } from '../draws/metric-spec.ts';
import { poolMoments, type Watch } from '../draws/pool-moments.ts';
import { precisionOfPool } from '../draws/precision.ts';
import {
  type ExtractionOptions,
  type NetworkOptions,
  networkOptions,
} from '../embeddings/options.ts';
import { StudyError } from '../errors.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import type { FeatureRows } from '../metrics/features.ts';
import { requireComparable } from '../sides/comparable.ts';
import { labelsOfSide } from '../sides/labels.ts';
import { openSides } from '../sides/open.ts';
import { provenanceOf } from '../sides/provenance.ts';
import { cachedReference } from '../sides/reference-cache.ts';
import { repeatNotes } from '../sides/repeated-rows.ts';
import { requireEntries } from '../sides/required-entries.ts';
import { setName } from '../sides/set-name.ts';
import type { Side } from '../sides/side.ts';
import { requireUsed } from '../sides/used-options.ts';
import { watchedRows } from '../sides/watched-rows.ts';
import { loadSurrogate } from '../surrogates/load.ts';
import { poolInputs, type SweepInputs, surrogateInputs } from './inputs.ts';
import { samplingOf } from './run.ts';
import { parseSettings, type SweepInput, type SweepSettings } from './settings.ts';
import { type SweepOptions, type SweepOutput, sweepToFolder } from './to-folder.ts';

/** How a sweep runs on this machine. What decides its numbers is in its settings. */
export interface SweepRunOptions extends SweepOptions, NetworkOptions {
  /** Called while images are extracted, before anything is drawn. */
  readonly onExtraction?: ExtractionOptions['onProgress'];
}

/**
 * Runs a sweep as `study sweep` does, and writes the same files: FID of seeded draws at each number
 * of images, their bias and spread.
 *
 * @param input settings, all with defaults; `study sweep --config` takes the same as JSON
 * @example const { performance, summary } = await sweep({ sizes: [5000, 50_000], seeds: 10 });
 * @throws StudyError for invalid settings, an unknown source, sides that cannot be
 *   compared, sizes beyond the pool, a folder that holds another sweep or cannot be written; the
 *   signal's reason once it is aborted
 */
export async function sweep(
  input: SweepInput = {},
  options: SweepRunOptions = {},
): Promise<SweepOutput> {
  const settings = parseSettings(input);
  const { inputs, close } = await openInputs(settings, options);
  try {
    return await sweepToFolder(settings, inputs, options);
  } finally {
    close();
  }
}

/** Opens what a sweep draws from: a surrogate, or a pool of features against a reference. */
async function openInputs(
  settings: SweepSettings,
  options: SweepRunOptions,
): Promise<{ inputs: SweepInputs; close(): void }> {
  const { source, sizes, force, labels: labelsPath } = settings;
  const { signal, onProgress } = options;
  const extraction = extractionOf(settings, options);
  const algebra = sharedAlgebra();
  if (settings.reference === undefined || settings.generated === undefined) {
    requireUsed([], extraction);
    requireEntries([], settings.entry ?? []);
    const surrogate = await loadSurrogate(source!, algebra);
    return { inputs: surrogateInputs(surrogate, settings), close() {} };
  }
  const sides = await openSides(
    settings.reference,
    settings.generated,
    { ...extraction, entry: settings.entry },
    { generated: 'rows' },
  );
  const close = () => {
    sides.reference.close();
    sides.generated.close();
  };
  try {
    if (sides.generated.kind === 'statistics') {
      throw new StudyError(
        `${settings.generated} holds statistics; a sweep draws rows`,
        'give features or images as the generated side, or a surrogate with these statistics',
      );
    }
    requireComparable(sides.reference, sides.generated, force);
    const watching: Watch = { signal, onRows: onProgress };
    const reference = await cachedReference(watchedSide(sides.reference, watching), algebra);
    signal?.throwIfAborted();
    const drawn = sides.generated;
    const labels = labelsPath === undefined ? undefined : await labelsOfSide(labelsPath, drawn);
    const provenances = {
      name: setName(settings.generated),
      reference: provenanceOf(sides.reference),
      generated: provenanceOf(drawn),
      referenceRows: rowsOfSide(sides.reference),
      notes: [
        ...new Set([sides.reference, drawn].flatMap(({ notes = [] }) => notes)),
        ...repeatNotes(sides.reference, [drawn]),
      ],
    };
    const { source: pool } = poolInputs(reference, drawn, provenances, undefined, labels);
    const precision = await precisionOfPool(pool, samplingOf(settings), sizes, algebra, watching);
    const moments = (watch: Watch) => {
      const watched = watchedPass(drawn, watch, 'the whole pool');
      return poolMoments(watched, reference.mean, algebra, precision);
    };
    return { inputs: poolInputs(reference, drawn, provenances, moments, labels, precision), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** How to extract images of either side. `workers` belong to the draws. */
function extractionOf(
  { model, mode, column }: SweepSettings,
  { signal, onExtraction, ...options }: SweepRunOptions,
): ExtractionOptions {
  return { model, mode, column, ...networkOptions(options), signal, onProgress: onExtraction };
}

/** Rows of a reference for metrics besides FID; undefined for statistics. */
function rowsOfSide(side: Side): ReferenceRows | undefined {
  if (side.kind === 'statistics') return undefined;
  return {
    kind: 'file',
    path: resolve(side.featuresPath),
    rows: side.rows,
    ...(side.extra && { extra: side.extra }),
  };
}

/** A side that reports progress while its rows, if it has any, are read once. */
function watchedSide(side: Side, watch: Watch): Side {
  return side.kind === 'statistics' ? side : { ...side, ...watchedPass(side, watch, 'reference') };
}

function watchedPass(features: FeatureRows, { signal, onRows }: Watch, note: string): FeatureRows {
  const { rows } = features;
  // The first block is read twice: also for the origin.
  return watchedRows(features, signal, (done) => onRows?.(Math.min(done, rows), rows, note));
}
