import type { Extracted, Side } from './side.ts';

/** One side of a comparison, as a manifest names it. */
export interface SideProvenance {
  readonly path: string;
  /** Hash of the file of features or statistics. */
  readonly sha256: string;
  readonly rows: number | null;
  readonly model: string | null;
  readonly mode: string | null;
  /** Whether its distances are comparable with published FIDs; null if the model is unknown. */
  readonly comparable: boolean | null;
  /** Missing for a bare .npy and for statistics. */
  readonly extracted?: Extracted;
}

/** What a manifest states about a side. */
export function provenanceOf({
  path,
  sha256,
  rows,
  extractor,
  extracted,
}: Pick<Side, 'path' | 'sha256' | 'rows' | 'extractor' | 'extracted'>): SideProvenance {
  const { name: model = null, mode = null, comparable = null } = extractor ?? {};
  return { path, sha256, rows, model, mode, comparable, ...(extracted && { extracted }) };
}
