import type { Statistics } from '../arrays/statistics-npz.ts';
import type { Embeddings } from '../embeddings/open.ts';
import type { RunsOn } from '../generators/threads.ts';
import type { Found } from '../images/look.ts';
import type { Choice } from '../images/several.ts';
import type { ImageSource } from '../images/source.ts';

/** What a path holds and how to open it. Nothing is checked yet. */
export type SideKind = OneKind | BothKind;

/** What a command opens. */
export type OneKind = FeaturesKind | StatisticsKind | ImagesKind;

interface AnyKind {
  /** What the user named. */
  readonly path: string;
  /** What a reader must know about the choice, if there was one. */
  readonly notes?: readonly string[];
}

/** Features [N, d]. */
export interface FeaturesKind extends AnyKind {
  readonly kind: 'features';
  open(): Promise<Embeddings>;
}

/** Mean and covariance. */
export interface StatisticsKind extends AnyKind {
  readonly kind: 'statistics';
  read(): Promise<Statistics>;
}

/** Images, from which a network extracts features. */
export interface ImagesKind extends AnyKind {
  readonly kind: 'images';
  /** @param on where a generator draws them, and what some formats let a user choose */
  open(on?: RunsOn & Choice): Promise<ImageSource>;
}

/** Statistics and rows in one file. A command takes what it needs. */
export interface BothKind {
  readonly kind: 'both';
  readonly path: string;
  readonly statistics: StatisticsKind;
  readonly rows: FeaturesKind | ImagesKind;
}

/**
 * Recognises one format and returns undefined for all others. A new format is a new reader in
 * `readers/` and a line in the list of `kindOf`.
 */
export type Reader = (found: Found) => SideKind | undefined | Promise<SideKind | undefined>;

/** What a command needs: a sweep draws rows, a distance needs only statistics. */
export type Use = 'statistics' | 'rows';

/** What to open of a path that may hold both. */
export function taken(kind: SideKind, use: Use): OneKind {
  if (kind.kind !== 'both') return kind;
  return use === 'rows' ? kind.rows : kind.statistics;
}
