import type { Source } from '../downloads/source.ts';
import type { Extractor } from './extractor.ts';

/**
 * A model that we can build, in one preprocessing mode. One source file per model; `registry.ts` lists
 * them.
 */
export interface Model extends Pick<Extractor, 'name' | 'mode' | 'dimension' | 'comparable'> {
  /** Its file in the cache folder, without extension; default: its name. */
  readonly file?: string;
  /** One line for lists. */
  readonly description: string;
  /** What users must know before they quote its numbers; '' if there is nothing. */
  readonly caution: string;
  /** SPDX name of the weights' licence. */
  readonly licence: string;
  readonly source: Source;
  /** Raised whenever `build` gives different bytes, so that older cached files count as stale. */
  readonly recipe: number;
  /**
   * Builds the ONNX file; the same source always gives the same bytes.
   *
   * @throws StudyError if the source does not hold what it should
   */
  build(source: Uint8Array): Promise<Uint8Array>;
}
