import type { DrawSpec } from '../draws/spec.ts';
import type { LinearMap } from '../linalg/linear-map.ts';
import type { FrechetTerms } from '../metrics/frechet.ts';
import type { SurrogateDefinition } from './schema.ts';

/** A pair of Gaussians that stands in for reference and generated embeddings. */
export interface Surrogate {
  readonly definition: SurrogateDefinition;
  readonly source: DrawSpec;
  /** Turns standard normals w into rows of the reference, w · map, as seen from its mean. */
  readonly reference: LinearMap;
  /** The FID between the two populations and its terms; bias at any N is measured against it. */
  readonly population: FrechetTerms;
  /** s_i, the roots of the eigenvalues of Q^½ P Q^½. */
  readonly roots: Float64Array;
  /** sha256 (hex) of the statistics files that the definition names, by path; optional. */
  readonly files?: Readonly<Record<string, string>>;
}
