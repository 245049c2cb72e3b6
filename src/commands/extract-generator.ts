import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../arrays/disk.ts';
import type { Extraction } from '../embeddings/extract.ts';
import { extractFrom } from '../embeddings/extract-images.ts';
import { readNames } from '../embeddings/names.ts';
import { requireProvider } from '../embeddings/provider.ts';
import { StudyError } from '../errors.ts';
import { readGenerator } from '../generators/generator.ts';
import { generatorLabels } from '../generators/labels.ts';
import { openGenerator } from '../generators/open.ts';
import { saveMissing, saving } from '../generators/save.ts';
import { generatorSpec } from '../generators/spec.ts';
import { openSelected } from '../images/open.ts';
import type { ExtractFlags } from './extract-flags.ts';
import { extracting } from './extracting.ts';
import { showProgress } from './progress.ts';

/** Next to the features: the class of each row, for `--labels`. */
const labelsName = 'labels.txt';

/**
 * `study extract --generator`: features of drawn images.
 *
 * @returns the extraction, closed, and lines on the other files that it wrote; undefined when interrupted
 */
export async function extractGenerator(
  flags: ExtractFlags & { readonly generator: string },
): Promise<{ extraction: Extraction; files: string[] } | undefined> {
  const { generator, count, seed = 0, corrupt, saveImages, out, outputs } = flags;
  requireAlone(flags);
  if (count === undefined) {
    throw new StudyError(
      `no number of images for the generator ${generator}`,
      'say how many to draw: --count 50000',
    );
  }
  if (typeof seed !== 'number') {
    throw new StudyError(
      `invalid seed of the generator ${generator}: ${seed}`,
      'give a whole number from 0 to 2^53 − 1',
    );
  }
  const spec = generatorSpec({ path: generator, count, seed });
  const { description } = await readGenerator(generator);
  if (flags.provider !== undefined) requireProvider(flags.provider);
  const open = () => openSelected(() => openGenerator(spec, flags), { corrupt });
  const extraction = await extracting(flags, async (options) => {
    const source = await open();
    const drawn = saveImages === undefined ? source : await saving(source, saveImages);
    const selection = corrupt === undefined ? {} : { corrupt };
    const made = await extractFrom(drawn, { ...options, out, outputs, selection });
    made.embeddings.close();
    if (saveImages !== undefined) await saveRest(open, saveImages, options.signal);
    return made;
  });
  if (!extraction) return undefined;
  const files: string[] = [];
  if (description.classes) {
    const labels = await generatorLabels(spec);
    const names = await readNames(out);
    const rows = names.map((name) => labels[Number(name)]);
    await writeAtomically(join(out, labelsName), (file) => writeFile(file, `${rows.join('\n')}\n`));
    files.push(`classes for --labels are in ${join(out, labelsName)}`);
  }
  if (saveImages !== undefined) files.push(`the images are in ${saveImages}`);
  return { extraction, files };
}

async function saveRest(
  open: () => ReturnType<typeof openSelected>,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const progress = showProgress('saving', 'images');
  const source = await open();
  try {
    await saveMissing(source, folder, signal, progress.update);
  } finally {
    progress.stop();
    await source.close();
  }
}

function requireAlone({ images, glob, limit, generator }: ExtractFlags): void {
  const [given] = Object.entries({ images, glob, limit }).filter(
    ([, value]) => value !== undefined,
  );
  if (!given) return;
  throw new StudyError(
    `--${given[0]} ${given[1]} with --generator ${generator}`,
    given[0] === 'images' ? 'give one of the two' : 'say how many images to draw: --count',
  );
}
