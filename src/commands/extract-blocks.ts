import { type BlocksResult, extractBlocks } from '../embeddings/blocks/extract-blocks.ts';
import { wrote } from './conventions.ts';
import { arrayOf, orUnfinished } from './engine-flags.ts';
import type { ExtractFlags } from './extract-flags.ts';
import { extracting } from './extracting.ts';
import { duration } from './progress.ts';

/** `study extract` block by block: by an array job, or to keep moments alone. */
export async function extractInBlocks(
  flags: ExtractFlags & { readonly images: string },
): Promise<void> {
  const { images, out, glob, limit, seed, corrupt, moments } = flags;
  const start = performance.now();
  const keeps = moments ? 'moments' : 'features';
  const selection = { glob, limit, seed, corrupt };
  const work = () =>
    extracting(flags, (options) => {
      const array = arrayOf(flags, out, options.signal);
      return extractBlocks(images, { ...options, out, selection, keeps, array });
    });
  const result = await orUnfinished(work, flags);
  if (result) report(result, flags, (performance.now() - start) / 1000);
}

function report(
  { rows, dimension, model, mode, comparable, machines, notes }: BlocksResult,
  { out, moments }: ExtractFlags,
  seconds: number,
): void {
  const what = moments
    ? `mean and covariance of ${rows} images, d = ${dimension},`
    : `${rows} × ${dimension} features`;
  const by = machines > 1 ? `, of ${machines} machines` : '';
  console.log(`${what} of ${model} (${mode})${by}, in ${duration(seconds)}`);
  for (const note of notes) console.log(`note: ${note}`);
  if (!comparable) console.log(`note: FIDs of ${model} are not comparable with published FIDs`);
  const files = moments
    ? ['statistics.npz', 'manifest.json']
    : ['features.npy', 'names.txt', 'manifest.json'];
  wrote(out, files);
  console.log(`${files.join(', ').replace(/, ([^,]*)$/, ' and $1')} are in ${out}`);
}
