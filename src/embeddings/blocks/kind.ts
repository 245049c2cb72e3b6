import { openImages } from '../../images/open.ts';
import type { Job } from '../../jobs/job.ts';
import type { JobKind } from '../../jobs/kind.ts';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { resolveExtractor } from '../../models/resolve.ts';
import { imagesCodeHash } from '../../provenance/code-hash.ts';
import { requireProvider } from '../provider.ts';
import { sessionsOf, settingsOf } from '../settings.ts';
import { runBlock } from './block.ts';
import { blocksOf, IMAGES, requireSame } from './job.ts';
import { featuresProbe } from './probe.ts';

/** Blocks of images as units of an array job. */
export const imagesJob: JobKind = {
  name: IMAGES,
  code: imagesCodeHash,
  async probe(job: Job) {
    const { input } = blocksOf(job);
    requireProvider(input.provider);
    return featuresProbe(await resolveExtractor(input.model, input.mode), input.provider);
  },
  async work(job, units, { workers, signal, put, onProgress }) {
    const { input, identity, blocks } = blocksOf(job);
    const { provider, batchSize } = input;
    const extractor = await resolveExtractor(input.model, input.mode);
    const source = await openImages(input.images, input.selection);
    try {
      requireSame(source, extractor, identity);
      const network = { provider, batchSize, deterministic: true, networks: workers };
      const places = sessionsOf(network, settingsOf(network));
      const wanted = units.map((unit) => ({ unit, block: blocks[unit.index]! }));
      const total = wanted.reduce((sum, { block }) => sum + block.end - block.start, 0);
      let before = 0;
      for (const { unit, block } of wanted) {
        const onDone = (done: number) => onProgress?.(before + done, total, 'images');
        const { skipBad, keeps } = identity;
        const run = { source, extractor, batchSize, places, skipBad, keeps, signal, onDone };
        await put(unit, await runBlock(block, { ...run, algebra: sharedAlgebra() }));
        before += block.end - block.start;
      }
    } finally {
      await source.close();
    }
  },
};
