import { StudyError } from '../errors.ts';
import { openGenerator } from '../generators/open.ts';
import { generatorOf } from '../generators/spec.ts';
import { splitOf } from '../images/datasets/names.ts';
import { look } from '../images/look.ts';
import { openerOf } from '../images/open.ts';
import { requireKnown } from '../images/other-formats.ts';
import { featureFolder } from './readers/feature-folder.ts';
import { images } from './readers/images.ts';
import { npy } from './readers/npy.ts';
import { npz } from './readers/npz.ts';
import { pickle } from './readers/pickle.ts';
import { safetensors } from './readers/safetensors.ts';
import { torch } from './readers/torch.ts';
import type { Reader, SideKind } from './side-kind.ts';

/** In this order: a folder is one of images only if it is not one of features. */
const readers: readonly Reader[] = [featureFolder, npy, torch, npz, pickle, safetensors, images];

/**
 * Tells whether a path holds features, statistics or images. The content decides; the extension does
 * only where the content cannot.
 *
 * @param entries names to choose by where a file holds several sets; one that fits no set is passed over
 * @throws StudyError if nothing is there, the format is unknown, or the file is too damaged to tell
 */
export async function kindOf(path: string, entries: readonly string[] = []): Promise<SideKind> {
  const split = splitOf(path);
  if (split) return { kind: 'images', path, open: openerOf(split) };
  const spec = generatorOf(path);
  if (spec) return { kind: 'images', path, open: (on) => openGenerator(spec, on) };
  const found = await look(path);
  for (const reader of readers) {
    const kind = await reader(found, entries);
    if (kind) return kind;
  }
  if (/\.onnx$/i.test(path)) {
    throw new StudyError(
      `${path} is a network, not a set of images`,
      `for images of a generator, say how many: ${path}:50000, or with a seed ${path}:50000:7`,
    );
  }
  requireKnown(found);
  throw new StudyError(
    `unknown format: ${path}`,
    'features are a folder of study extract, a .npy, or an array [N, d] in an .npz, .pt, .safetensors or .pkl; statistics are mu and sigma in one of these; images a folder, a .zip, a .tar, a .parquet, a .npy or .npz uint8 [N, H, W, 3], a CIFAR-10 .bin batch or cifar10:train',
  );
}
