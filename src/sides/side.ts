import type { LinearAlgebra } from '../linalg/algebra.ts';
import {
  type FeatureRows,
  referenceOfFeatures,
  spectralDistanceOfFeatures,
} from '../metrics/features.ts';
import type { SpectralDistance } from '../metrics/frechet.ts';
import { spectralDistanceOfStatistics } from '../metrics/frechet-distance.ts';
import { type Reference, referenceOfStatistics, type Statistics } from '../metrics/reference.ts';

/** The network that features come from, as far as their files say. */
export interface ExtractorIdentity {
  /** Registry name, e.g. `nsfw-inception-v3`. */
  readonly name: string;
  /** Preprocessing mode, e.g. `clean`. */
  readonly mode: string;
  /** sha256 (hex) of the network's ONNX file. */
  readonly sha256: string;
  /** Whether its distances may stand beside published FIDs. */
  readonly comparable: boolean;
  /** Of a network of the user's: its files' hashes and its description. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

/** How features were extracted and of which images, as the manifest beside them says. */
export interface Extracted {
  readonly images: {
    /** Of their bytes, in order: that of the features changes with the last digit of one of them. */
    readonly sha256: string;
    readonly count: number;
    /** How many of them could not be decoded, and have no row. */
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
  /** Of the machine that extracted them: what can move a feature, as far as it is known. */
  readonly environment: Readonly<Record<string, unknown>>;
}

interface AnySide {
  /** What the user named. */
  readonly path: string;
  /** sha256 (hex) of the file that the numbers come from. */
  readonly sha256: string;
  /** Coordinates d of a feature. */
  readonly dimension: number;
  /** Null where the file does not say: a bare .npy, or statistics. */
  readonly extractor: ExtractorIdentity | null;
  /** How its features came about; undefined where the file does not say. */
  readonly extracted?: Extracted | undefined;
  /** What a reader must know of how it was opened: which of two things was taken, say. */
  readonly notes?: readonly string[];
  close(): void;
}

/** Features [rows, dimension] that are read block by block. */
export interface FeaturesSide extends AnySide, FeatureRows {
  readonly kind: 'features';
  /** The .npy that holds them. */
  readonly featuresPath: string;
  readonly path: string;
  /** Row `indices[i]` into row i of `out`; quickest where the indices ascend. */
  readRows(indices: Uint32Array, out: Float64Array): void;
}

/** Mean and covariance, of a number of images that the file does not tell. */
export interface StatisticsSide extends AnySide {
  readonly kind: 'statistics';
  readonly rows: null;
  readonly statistics: Statistics;
}

/** One side of a comparison, the reference or the generated set. */
export type Side = FeaturesSide | StatisticsSide;

/** Makes a side ready for any number of distances to it. @throws StudyError below two rows */
export async function referenceOfSide(side: Side, algebra: LinearAlgebra): Promise<Reference> {
  return side.kind === 'features'
    ? referenceOfFeatures(side, algebra)
    : referenceOfStatistics(side.statistics, algebra);
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
