import type { Extractor } from './extractor.ts';

/** A file that a model is built from: where it comes from and what its bytes must be. */
export interface Source {
  /** For people, after 'fetching': `nsfwjs@4.4.0 with npm pack`. */
  readonly description: string;
  /** Digest of the whole file, checked before anything reads it. */
  readonly digest: { readonly algorithm: 'sha256' | 'sha512'; readonly base64: string };
  /** How to get a copy by hand, for `--from` on a machine without network. */
  readonly byHand: string;
  /** @throws StudyError where the file is out of reach */
  fetch(): Promise<Uint8Array>;
}

/**
 * A model that we know how to make. One file a model; `registry.ts` lists them.
 */
export interface Model extends Pick<Extractor, 'name' | 'mode' | 'dimension' | 'comparable'> {
  /** One line for lists. */
  readonly description: string;
  /** What users must know before they quote its numbers; '' where there is nothing. */
  readonly caution: string;
  /** SPDX name of the weights' licence. */
  readonly licence: string;
  readonly source: Source;
  /** Raised whenever `build` gives other bytes, so that older files in caches count as stale. */
  readonly recipe: number;
  /**
   * Makes the ONNX file; the same source always gives the same bytes.
   *
   * @throws StudyError where the source does not hold what it should
   */
  build(source: Uint8Array): Promise<Uint8Array>;
}
