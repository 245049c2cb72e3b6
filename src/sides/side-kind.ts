import type { Statistics } from '../arrays/statistics-npz.ts';
import type { Embeddings } from '../embeddings/open.ts';
import type { Found } from '../images/look.ts';
import type { OpenWhole } from '../images/open.ts';

/** What a path holds, and how that is opened. Nothing of it has been checked yet. */
export type SideKind = OneKind | BothKind;

/** What is opened in the end. */
export type OneKind = FeaturesKind | StatisticsKind | ImagesKind;

interface AnyKind {
  /** What the user named. */
  readonly path: string;
  /** What a reader must know of the choice, where there was one. */
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

/** Images, which a network makes features of. */
export interface ImagesKind extends AnyKind {
  readonly kind: 'images';
  readonly open: OpenWhole;
}

/** Statistics and rows in one file, of which a command takes what it needs. */
export interface BothKind {
  readonly kind: 'both';
  readonly path: string;
  readonly statistics: StatisticsKind;
  readonly rows: FeaturesKind | ImagesKind;
}

/**
 * Recognises one format: undefined for any other. To read another format, write one of these beside
 * its siblings in `readers/` and put it into the list of `kindOf`.
 */
export type Reader = (found: Found) => SideKind | undefined | Promise<SideKind | undefined>;

/** What a command does with a side: a sweep draws rows, a distance needs statistics alone. */
export type Use = 'statistics' | 'rows';

/** What is taken of a path that may hold two kinds. */
export function taken(kind: SideKind, use: Use): OneKind {
  if (kind.kind !== 'both') return kind;
  return use === 'rows' ? kind.rows : kind.statistics;
}
