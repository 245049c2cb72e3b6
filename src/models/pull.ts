import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { errorCode, StudyError } from '../errors.ts';
import type { Extractor } from './extractor.ts';
import type { Model, Source } from './model.ts';
import { findModel } from './registry.ts';
import { extractor, resolveExtractor } from './resolve.ts';
import { inspectModel, storeModel } from './store.ts';

export interface PullOptions {
  /** A local copy of the model's source file, instead of fetching it. */
  readonly from?: string | undefined;
  /** Told what is being done, in words. */
  readonly onStep?: (step: string) => void;
}

/**
 * Makes a model ready to run: fetches its source, checks the digest, builds the ONNX file and
 * keeps it in the cache folder. A model that is there and whole is left alone.
 *
 * @throws StudyError for an unknown name, a source that is out of reach or is not the right file,
 *   and a cache folder that cannot be written
 */
export async function pullModel(name: string, options: PullOptions = {}): Promise<Extractor> {
  const { from, onStep = () => {} } = options;
  const model = findModel(name);
  const stored = await inspectModel(model);
  if (stored.state === 'ready') {
    onStep('already pulled, and its checksum is right');
    return extractor(model, stored.sha256);
  }
  onStep(from === undefined ? `fetching ${model.source.description}` : `reading ${from}`);
  const source = from === undefined ? await model.source.fetch() : await readLocal(from, model);
  verifyDigest(source, model.source, from);
  onStep('building the ONNX graph');
  await storeModel(model, await model.build(source));
  return resolveExtractor(name);
}

async function readLocal(path: string, { source }: Model): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = errorCode(cause);
    if (!code) throw cause;
    throw new StudyError(`cannot read ${path}: ${code}`, source.byHand, { cause });
  }
}

/** @throws StudyError where the bytes are not those that the source promises */
function verifyDigest(bytes: Uint8Array, source: Source, from?: string): void {
  const { algorithm, base64 } = source.digest;
  const actual = createHash(algorithm).update(bytes).digest('base64');
  if (actual === base64) return;
  throw new StudyError(
    `${from ?? source.description} is not the expected file: ${algorithm} ${actual}, not ${base64}`,
    `nothing of it was used; ${source.byHand}`,
  );
}
