import type { Extractor } from './extractor.ts';

/** A file that a model is built from: where it comes from and what its bytes must be. */
export interface Source {
  /** For people, after 'fetching': `nsfwjs@4.4.0 with npm pack`. */
  readonly description: string;
  /** Digest of the whole file, checked before anything reads it. */
  readonly digest: { readonly algorithm: 'sha256' | 'sha512'; readonly base64: string };
  /** Its length, where it is known. */
  readonly bytes?: number;
  /** How to get a copy by hand, for `--from` on a machine without network. */
  readonly byHand: string;
  /**
   * @param onBytes told how far a download is
   * @throws StudyError where the file is out of reach
   */
  fetch(onBytes?: (done: number, total: number) => void): Promise<Uint8Array>;
  /** Told when the models made of it are kept, so that what `fetch` left on disk can go. */
  discard?(): Promise<void>;
}

/**
 * A model that we know how to make, in one preprocessing mode. One file a model; `registry.ts`
 * lists them.
 */
export interface Model extends Pick<Extractor, 'name' | 'mode' | 'dimension' | 'comparable'> {
  /** Its file in the cache folder, without the ending: by default its name. */
  readonly file?: string;
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
