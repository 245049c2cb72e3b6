import { settingsSchema } from '../../sweep/settings.ts';
import { defineStudy } from '../kind.ts';
import { sweepLines } from './lines.ts';

/** One sweep, as `study sweep --config` runs it. */
export const sweepStudy = defineStudy({
  name: 'sweep',
  summary: 'FID of seeded draws at each number of images',
  settings: settingsSchema.omit({ experiment: true, header: true }),
  async run(settings, { folder, sweep }) {
    const output = await sweep(settings, folder);
    return { files: output.files, lines: sweepLines(output) };
  },
});
