import type { Statistics as SquareStatistics } from '../arrays/statistics.ts';
import type { ExtraPaths } from '../draws/metric-spec.ts';
import type { RowLabels } from '../embeddings/row-labels.ts';
import { StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import {
  type FeatureRows,
  referenceOfFeatures,
  spectralDistanceOfFeatures,
} from '../metrics/features.ts';
import type { SpectralDistance } from '../metrics/frechet.ts';
import { spectralDistanceOfStatistics } from '../metrics/frechet-distance.ts';
import { type Reference, referenceOfStatistics, type Statistics } from '../metrics/reference.ts';

/** The network behind features, as their files state it. */
export interface ExtractorIdentity {
  /** Registry name, e.g. `nsfw-inception-v3`. */
  readonly name: string;
  /** Preprocessing mode, e.g. `clean`. */
  readonly mode: string;
  /** sha256 (hex) of the network's ONNX file. */
  readonly sha256: string;
  /** Whether its distances are comparable with published FIDs. */
  readonly comparable: boolean;
  /** For a user's own network: the hashes of its files and its description. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** How features were extracted and from which images, as their manifest states it. */
export interface Extracted {
  readonly images: {
    /** Hash of the images' bytes, in order. Unlike that of the features it does not change with a last digit. */
    readonly sha256: string;
    readonly count: number;
    /** Images that could not be decoded and have no row. */
    readonly skipped: number;
  };
  readonly extraction: {
    readonly provider: string;
    readonly tf32?: boolean | undefined;
    readonly devices?: readonly number[] | undefined;
    readonly batchSize: number;
    readonly threads: number;
    readonly deterministic?: boolean | undefined;
  };
  /** What is known of the extracting machine and can move a feature. */
  readonly environment: Readonly<Record<string, unknown>>;
}

interface AnySide {
  /** What the user named. */
  readonly path: string;
  /** sha256 (hex) of the file with the numbers; if it holds several sets, of that and the set's name. */
  readonly sha256: string;
  /** d, the length of a feature. */
  readonly dimension: number;
  /** Null if the file does not say: a bare .npy, or statistics of other tools. */
  readonly extractor: ExtractorIdentity | null;
  /** How its features were extracted; undefined if the file does not say. */
  readonly extracted?: Extracted | undefined;
  /** What a reader must know about how it was opened, for example images left out. */
  readonly notes?: readonly string[];
  close(): void;
}

/** Features [rows, dimension], read block by block. */
export interface FeaturesSide extends AnySide, FeatureRows {
  readonly kind: 'features';
  /** The .npy that holds them. */
  readonly featuresPath: string;
  /** Arrays beside them, `.npy` of as many rows: class scores, spatial features. */
  readonly extra?: ExtraPaths;
  readonly path: string;
  /**
   * The class of each row, where the images or their folder say so; null where they do not. Throws
   * StudyError if they do in part.
   */
  labels?(): Promise<RowLabels | null>;
  /** Reads row `indices[i]` into row i of `out`; fastest for ascending indices. */
  readRows(indices: Uint32Array, out: Float64Array): void;
}

/** Mean and covariance. */
export interface StatisticsSide extends AnySide {
  readonly kind: 'statistics';
  /** Number of images; null if the file does not state it. */
  readonly rows: number | null;
  readonly statistics: Statistics;
  /** Statistics of spatial features, for sFID: ADM's `mu_s` and `sigma_s`, read when asked for. */
  readonly spatial?: () => Promise<SquareStatistics>;
}

/** One side of a comparison: the reference or the generated set. */
export type Side = FeaturesSide | StatisticsSide;

/** Prepares a side for any number of distances to it. @throws StudyError below two rows */
export async function referenceOfSide(side: Side, algebra: LinearAlgebra): Promise<Reference> {
  if (side.kind === 'features') return referenceOfFeatures(side, algebra);
  try {
    return await referenceOfStatistics(side.statistics, algebra);
  } catch (cause) {
    if (!(cause instanceof StudyError)) throw cause;
    throw new StudyError(`the covariance in ${side.path}: ${cause.message}`, cause.hint, { cause });
  }
}

/**
 * FID of a side against a reference of the same dimension, with its spectrum.
 *
 * @throws StudyError below two rows
 */
export async function spectralDistanceOfSide(
  reference: Reference,
  generated: Side,
  algebra: LinearAlgebra,
): Promise<SpectralDistance> {
  return generated.kind === 'features'
    ? spectralDistanceOfFeatures(reference, generated, algebra)
    : spectralDistanceOfStatistics(reference, generated.statistics, algebra);
}
