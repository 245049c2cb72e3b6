import { diskError } from '../arrays/disk.ts';
import { longestOfUsers, readText } from '../arrays/regular-file.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { errorCode, StudyError } from '../errors.ts';
import { descriptionPath } from '../models/custom/extractor.ts';
import { readNetworkFile } from '../models/custom/network-file.ts';
import { type GeneratorDescription, parseGenerator } from './description.ts';
import { type GeneratorFit, generatorFit } from './fit.ts';

/** A generator: an ONNX file and the JSON next to it, which fit. */
export interface Generator {
  readonly path: string;
  /** Without the note. */
  readonly description: Omit<GeneratorDescription, 'note'>;
  readonly fit: GeneratorFit;
  /** Bytes of the ONNX file. */
  readonly bytes: number;
  /** sha256 (hex) of all that its images depend on but the seed. */
  readonly sha256: string;
}

/**
 * Reads a generator without running it.
 *
 * @throws StudyError if a file is missing or damaged, or the two do not fit
 */
export async function readGenerator(path: string): Promise<Generator> {
  const { signature, sha256, external, bytes } = await readNetworkFile(path);
  const at = descriptionPath(path);
  const text = await readText(at, longestOfUsers).catch((error) => {
    if (errorCode(error) !== 'ENOENT') throw diskError(error, at);
    throw new StudyError(
      `no description of ${path}: there is no ${at}`,
      'write one that says what goes in and how images come out: docs/generators.md has examples',
    );
  });
  const { note: _, ...description } = parseGenerator(text, at);
  const fit = generatorFit(description, signature, path);
  const files = { sha256, external: Object.fromEntries(external) };
  const made = sha256Of(JSON.stringify({ recipe: 1, files, description, batch: fit.batch }));
  return { path, description, fit, bytes, sha256: made };
}
