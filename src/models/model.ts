import type { Source } from '../downloads/source.ts';
import type { Extractor } from './extractor.ts';

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
