import { join } from 'node:path';
import { sha256OfFile } from '../../arrays/sha256.ts';
import { renderCharts } from '../../charts/render.ts';
import { StudyError } from '../../errors.ts';
import type { Selection } from '../../images/open.ts';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { resolveExtractor } from '../../models/resolve.ts';
import { provenanceOf } from '../../sides/provenance.ts';
import { cachedReference } from '../../sides/reference-cache.ts';
import type { Use } from '../../sides/side-kind.ts';
import { toCsv } from '../../tables/csv.ts';
import { writeWhole } from '../../tables/files.ts';
import { writeJitter } from '../../tables/jitter.ts';
import { timingRow, writeTimings } from '../../tables/timings.ts';
import { defineStudy, type StudyContext } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';
import { ADVICE_COLUMNS, adviceRows } from './advice.ts';
import { chartsOf, drawnOf } from './charts.ts';
import { identify } from './identify.ts';
import { type Repeats, repeatAll } from './repeats.ts';
import { jitterRows } from './rows.ts';
import { SAMPLING_COLUMNS, samplingErrors } from './sampling-error.ts';
import { type JitterSettings, settingsSchema } from './settings.ts';
import { jitterLines, jitterNotes } from './summary.ts';
import { BASELINE, nameOf, variationsOf } from './variations.ts';

/** How far FID, KID, PSNR, SSIM and LPIPS of the same images depend on how they are computed. */
export const jitterStudy = defineStudy({
  name: 'jitter',
  summary: 'the same images extracted in many ways: rounding and sampling error of FID',
  settings: settingsSchema,
  isTimed: true,
  async run(settings, context) {
    const { experiment, folder, steps, signal } = context;
    const { images, glob, limit, seed, corruption, lpips, sampling_seeds: seeds } = settings;
    const algebra = sharedAlgebra();
    const selection: Selection = {
      ...(glob !== undefined && { glob }),
      ...(limit !== undefined && { limit }),
      ...(seed !== undefined && { seed }),
    };
    const { count, sha256 } = await identify(images, selection, signal);
    if (count < 4) throw new StudyError(`too few images: ${count}`, 'give four or more');
    const extractor = await resolveExtractor(settings.model, settings.mode);
    const lpipsHash = lpips === undefined ? null : await sha256OfFile(lpips);
    const sides = await openSides(settings, context);
    try {
      const reference = sides.reference ? await cachedReference(sides.reference, algebra) : null;

      // 1. Every way to extract.
      const { baseline, measured } = await repeatAll(
        {
          job: { images, selection, corruption, extractor, lpips },
          key: [sha256, corruption, extractor.sha256, lpipsHash, sides.reference?.sha256 ?? null],
          count,
          reference,
        },
        variationsOf(settings.grids),
        algebra,
        context,
      );

      // 2. The effect of the number of images.
      const sampling =
        sides.reference && reference && sides.pool
          ? await steps.do(['sampling', sides.reference.sha256, sides.pool.sha256, seeds], () =>
              samplingErrors({ side: sides.reference!, reference }, sides.pool!, seeds, context),
            )
          : [];

      // 3. Tables and charts.
      const rows = jitterRows(experiment.name, count, measured, baseline);
      const two = { fid: baseline.fid!, sampling, drawn: drawnOf(settings) };
      const advice = adviceRows(experiment.name, rows, two);
      const { name, mode, comparable } = extractor;
      const notes = [
        ...jitterNotes(rows, comparable, name),
        ...[sides.reference, sides.pool].flatMap((side) => side?.notes ?? []),
      ];
      const path = (file: string) => join(folder, file);
      await writeJitter(path('jitter.csv'), rows);
      await writeWhole(path('advice.csv'), toCsv(ADVICE_COLUMNS, advice));
      await writeWhole(path('sampling.csv'), toCsv(SAMPLING_COLUMNS, sampling));
      await writeTimings(path('timings.csv'), timings(experiment.name, 2 * count, measured));
      const found = { rows, baseline, sampling };
      const charts = await renderCharts(chartsOf(found, settings, name), folder);
      const inputs = {
        images: { sha256, count },
        model: { name, mode, sha256: extractor.sha256, comparable },
        ...(lpipsHash !== null && { lpips: lpipsHash }),
        ...(sides.reference && { reference: provenanceOf(sides.reference) }),
        ...(sides.pool && { pool: provenanceOf(sides.pool) }),
      };
      const ours = { inputs, baseline: { ...BASELINE, measures: baseline }, notes };
      const manifest = await writeStudyManifest(context, settings, ours);
      const tables = ['jitter.csv', 'advice.csv', 'sampling.csv', 'timings.csv'].map(path);
      return {
        files: [...tables, manifest, ...charts.flatMap(({ paths }) => paths)],
        lines: jitterLines(rows, advice, notes),
      };
    } finally {
      sides.reference?.close();
      sides.pool?.close();
    }
  },
});

async function openSides(settings: JitterSettings, context: StudyContext) {
  const open = (side: JitterSettings['reference'], use: Use) => {
    if (!side) return undefined;
    const { path, ...selection } = side;
    const { model, mode } = settings;
    return context.openSide(path, { model, mode, selection, use });
  };
  const reference = await open(settings.reference, 'statistics');
  try {
    return { reference, pool: await open(settings.pool, 'rows') };
  } catch (error) {
    reference?.close();
    throw error;
  }
}

function timings(experiment: string, count: number, measured: Repeats['measured']) {
  return measured.flatMap(({ variation, seconds }) =>
    seconds === null
      ? []
      : [timingRow({ experiment, what: nameOf(variation), count, unit: 'images', seconds })],
  );
}
