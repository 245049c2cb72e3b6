import { join } from 'node:path';
import { diskError, makeFolder, writeAtomically } from '../arrays/disk.ts';
import { openNpyRows } from '../arrays/npy-file.ts';
import { formatNpyHeader } from '../arrays/npy-header.ts';
import { sha256OfFile } from '../arrays/sha256.ts';
import type { Extractor } from '../models/extractor.ts';
import type { OutputName } from '../models/outputs.ts';
import { featuresName, type Manifest, writeManifest } from './manifest.ts';
import { writeNames } from './names.ts';

/** Rows copied at a time. */
const BLOCK = 512;

/**
 * Puts a cached set of several arrays into the user's folder, one `.npy` for each array that is asked
 * for: the features, and beside them logits and spatial features. The manifest names the network of the
 * features alone, which gives the same features.
 *
 * @param all of the cached set
 * @throws StudyError for a full disk, missing permission and similar
 */
export async function deliverOutputs(
  cached: string,
  out: string,
  manifest: Manifest,
  names: Iterable<string>,
  wanted: readonly OutputName[],
  { features, all }: { readonly features: Extractor; readonly all: Extractor },
): Promise<Manifest> {
  await makeFolder(out).catch((error) => {
    throw diskError(error, out);
  });
  const found: Partial<Record<OutputName, string>> = {};
  let from = 0;
  for (const { name, columns } of all.outputs!) {
    if (wanted.includes(name)) {
      const path = join(out, name === 'pool' ? featuresName : `${name}.npy`);
      await copyColumns(join(cached, featuresName), path, from, columns);
      found[name] = await sha256OfFile(path);
    }
    from += columns;
  }
  const { outputs: _, ...rest } = manifest;
  const outputs = all.outputs!.flatMap(({ name, columns }) =>
    name === 'pool' || found[name] === undefined
      ? []
      : [
          [
            name,
            { file: `${name}.npy`, dtype: 'float32', dimension: columns, sha256: found[name] },
          ],
        ],
  );
  const { dimension, sha256 } = features;
  const delivered = {
    ...rest,
    model: { ...manifest.model, dimension, sha256 },
    dimension,
    features: { ...manifest.features, sha256: found.pool! },
    ...(outputs.length > 0 && { outputs: Object.fromEntries(outputs) }),
  };
  await writeNames(out, names);
  await writeManifest(out, delivered);
  return delivered;
}

/** Copies some columns of a `.npy` of float32 to another. */
async function copyColumns(source: string, to: string, from: number, columns: number) {
  const rows = openNpyRows(source);
  try {
    await writeAtomically(to, async (file) => {
      await file.write(formatNpyHeader('f4', [rows.rows, columns]));
      const block = new Float32Array(BLOCK * rows.dimension);
      for (let start = 0; start < rows.rows; start += BLOCK) {
        const count = Math.min(BLOCK, rows.rows - start);
        rows.readBlock(start, count, block);
        const part = new Float32Array(count * columns);
        for (let i = 0; i < count; i++) {
          const at = i * rows.dimension + from;
          part.set(block.subarray(at, at + columns), i * columns);
        }
        await file.appendFile(new Uint8Array(part.buffer));
      }
    });
  } catch (error) {
    throw diskError(error, to);
  } finally {
    rows.close();
  }
}
