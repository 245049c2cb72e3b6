import type { FileStatistics } from '../arrays/statistics.ts';
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
  /** Names of the sets in the file, where it holds several that `--entry` chooses from. */
  readonly entries?: readonly string[] | undefined;
  /** The one that was chosen by name. */
  readonly entry?: string;
}

/** Features [N, d]. */
export interface FeaturesKind extends AnyKind {
  readonly kind: 'features';
  open(): Promise<Embeddings>;
}

/** Mean and covariance. */
export interface StatisticsKind extends AnyKind {
  readonly kind: 'statistics';
  /** Its name, if it is not all that the file holds. */
  readonly part?: string;
  read(): Promise<FileStatistics>;
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
  readonly entries?: readonly string[] | undefined;
  readonly statistics: StatisticsKind;
  readonly rows: FeaturesKind | ImagesKind;
}

/**
 * Recognises one format and returns undefined for all others. A new format is a new reader in
 * `readers/` and a line in the list of `kindOf`. `entries` are names that the user gave, to choose from a
 * file of several sets.
 */
export type Reader = (
  found: Found,
  entries: readonly string[],
) => SideKind | undefined | Promise<SideKind | undefined>;

/** What a command needs: a sweep draws rows, a distance needs only statistics. */
export type Use = 'statistics' | 'rows';

/** What to open of a path that may hold both. */
export function taken(kind: SideKind, use: Use): OneKind {
  if (kind.kind !== 'both') return kind;
  return use === 'rows' ? kind.rows : kind.statistics;
}
