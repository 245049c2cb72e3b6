import type { ExtraPaths, ReferenceRows } from '../draws/metric-spec.ts';
import type { Watch } from '../draws/pool-moments.ts';
import type { DrawSpec } from '../draws/spec.ts';
import type { LinearMap } from '../linalg/linear-map.ts';
import type { Precision, SampleMoments } from '../linalg/scatter.ts';
import type { FrechetTerms } from '../metrics/frechet.ts';
import { featureGeometry, type Reference } from '../metrics/reference.ts';
import type { Labels } from '../sides/labels.ts';
import type { SideProvenance } from '../sides/provenance.ts';
import type { Surrogate } from '../surrogates/surrogate.ts';
import type { PublishedPoint } from '../tables/estimand.ts';
import { FID } from '../tables/metric-column.ts';
import type { SweepSettings } from './settings.ts';

/** What a sweep draws from, with all that is known about it. */
export interface SweepInputs {
  /** Short name, for the tables' `source` column. */
  readonly name: string;
  /** Dimension d of the features. */
  readonly dimension: number;
  readonly source: DrawSpec;
  /** Computes moments of z over the whole pool, needed for draws of more than half of it. */
  readonly poolMoments?: (watch: Watch) => Promise<SampleMoments>;
  /** Rows of the reference for metrics that need them; a surrogate draws as many as asked for. */
  readonly referenceRows?: (rows: number) => ReferenceRows;
  /** Arrays of the pool beside its features. */
  readonly extra?: ExtraPaths;
  /** Rows of the finite pool, or null if draws are fresh. */
  readonly pool: number | null;
  /** Samples behind the reference; null if it is known exactly, or not stated. */
  readonly referenceSize: number | null;
  /** FID between the populations, if it is known. */
  readonly population: FrechetTerms | null;
  readonly published: readonly PublishedPoint[];
  /** The extractor, if its distances are not comparable with published FIDs. */
  readonly incomparable: string | null;
  /** What a reader must know about how the sets were opened. */
  readonly notes?: readonly string[];
  /** Identifies the inputs by content: part of the sweep's identity and of its manifest. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

/**
 * A sweep over fresh draws of a surrogate.
 *
 * @param settings whether a draw is its rows, the moments of blocks of rows, or one block's moments
 */
export function surrogateInputs(
  { definition, source, reference, population, files }: Surrogate,
  settings: Partial<Pick<SweepSettings, 'exact_moments' | 'rows' | 'metric'>> = {},
): SweepInputs {
  const { dimension } = source.geometry;
  const needsRows = settings.rows || settings.metric?.some((name) => name !== FID);
  const kind = settings.exact_moments ? 'exact-moments' : needsRows ? 'normals' : 'blocks';
  return {
    name: definition.name,
    dimension: definition.dimension,
    source: {
      ...source,
      rows: { kind, dimension },
      // Directly drawn moments use products in double precision.
      precision: kind === 'exact-moments' ? 'double' : source.precision,
    },
    referenceRows: (rows) => ({
      kind: 'normals',
      map: reference,
      rows,
      dimension: normalsOf(reference, dimension),
    }),
    pool: null,
    referenceSize: null,
    population,
    published: definition.published,
    incomparable: null,
    // A changed file under the same name makes a different sweep.
    provenance: { surrogate: definition, ...(files && { files }) },
  };
}

/** How many normals a map of the reference takes. */
function normalsOf(map: LinearMap, dimension: number): number {
  return map.kind === 'dense' ? map.matrix.rows : dimension;
}

/**
 * A sweep over draws from a pool of features.
 *
 * @param poolMoments without it draws of more than half the pool are computed row by row
 * @param labels classes whose proportions each draw keeps
 * @param precision of the draws' products; see `precisionOfPool`
 */
export function poolInputs(
  reference: Reference,
  generated: {
    readonly featuresPath: string;
    readonly rows: number;
    readonly dimension: number;
    /** Rows of the file to draw from; all by default. */
    readonly of?: Uint32Array;
    /** Arrays beside the features. */
    readonly extra?: ExtraPaths | undefined;
  },
  provenance: {
    readonly name: string;
    readonly reference: SideProvenance;
    readonly generated: SideProvenance;
    readonly notes?: readonly string[];
    /** Rows of the reference, if it is not statistics: for metrics besides FID. */
    readonly referenceRows?: ReferenceRows | undefined;
  },
  poolMoments?: (watch: Watch) => Promise<SampleMoments>,
  labels?: Labels,
  precision: Precision = 'double',
): SweepInputs {
  const { featuresPath: path, rows, dimension, of, extra } = generated;
  const { name, notes, referenceRows, ...sides } = provenance;
  return {
    name,
    dimension,
    source: {
      geometry: featureGeometry(reference),
      rows: {
        kind: 'pool',
        path,
        rows,
        shift: reference.mean,
        ...(of && { of }),
        ...(labels && { classes: labels.classes }),
      },
      precision,
    },
    ...(poolMoments && { poolMoments }),
    ...(referenceRows && { referenceRows: () => referenceRows }),
    ...(extra && { extra }),
    pool: rows,
    referenceSize: sides.reference.rows,
    population: null,
    published: [],
    incomparable: sides.generated.comparable === false ? sides.generated.model : null,
    ...(notes && { notes }),
    provenance: { ...sides, ...(labels && { labels: labelsProvenance(labels) }) },
  };
}

function labelsProvenance({ path, sha256, count, smallest, largest }: Labels) {
  return { path, sha256, count, smallest, largest };
}
