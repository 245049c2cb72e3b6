import type { ImageSource } from '../images/source.ts';
import type { Extractor } from '../models/extractor.ts';
import type { OutputName } from '../models/outputs.ts';
import type { ExtractionOptions } from './options.ts';

/** A set of images, and how to extract it. */
export interface EmbeddingsOptions extends Omit<ExtractionOptions, 'model' | 'mode'> {
  readonly source: ImageSource;
  readonly extractor: Extractor;
  /** A folder that gets `features.npy`, `names.txt` and `manifest.json`; else they stay in the cache. */
  readonly out?: string | undefined;
  /** Several arrays of one run of `extractor`, into `out`; `features` gives the features alone. */
  readonly outputs?: { readonly wanted: readonly OutputName[]; readonly features: Extractor };
}
