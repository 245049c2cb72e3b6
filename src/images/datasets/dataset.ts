import type { Source } from '../../downloads/source.ts';

/** A public set of images, in splits that are named `cifar10:train`. One file a set. */
export interface Dataset {
  readonly name: string;
  /** One line for lists. */
  readonly description: string;
  /** A gzipped tar. */
  readonly source: Source;
  /** Its splits, each the files that it is of, in the order of their names. */
  readonly splits: Readonly<Record<string, readonly DatasetFile[]>>;
}

/** A file of a split: the archive's own, kept under its own name. */
export interface DatasetFile {
  /** Its path in the archive, `/` between folders. */
  readonly member: string;
  /** Hex; checked whenever the split is opened. */
  readonly sha256: string;
}
