import type { HubFile } from '../downloads/hub-file.ts';
import type { Source } from '../downloads/source.ts';
import type { Extractor } from './extractor.ts';

/**
 * A model that we can build, in one preprocessing mode. One source file per model; `registry.ts` lists
 * them.
 */
export type Model = KnownModel | HubModel;

/** What every model has. */
interface AnyModel extends Pick<Extractor, 'name' | 'mode' | 'dimension' | 'comparable'> {
  /** Its file in the cache folder, without extension; default: its name. */
  readonly file?: string;
  /** One line for lists. */
  readonly description: string;
  /** What users must know before they quote its numbers; '' if there is nothing. */
  readonly caution: string;
  /** SPDX name of the weights' licence. */
  readonly licence: string;
  /** Raised whenever `build` gives different bytes, so that older cached files count as stale. */
  readonly recipe: number;
}

/** A model whose source's digest is known here. */
export interface KnownModel extends AnyModel {
  readonly source: Source;
  /**
   * Builds the ONNX file; the same source always gives the same bytes.
   *
   * @throws StudyError if the source does not hold what it should
   */
  build(source: Uint8Array): Promise<Uint8Array>;
}

/** A model of weights on the Hugging Face hub, whose sha256 the hub states when they are pulled. */
export interface HubModel extends AnyModel {
  readonly hub: HubFile;
  /**
   * Builds the ONNX file from the weights, a safetensors file; the same weights always give the same
   * bytes.
   *
   * @param sha256 of the weights, hex; kept in the file
   * @throws StudyError if these are not weights of this network
   */
  build(path: string, sha256: string): Promise<Uint8Array>;
}
