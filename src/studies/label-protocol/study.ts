import { join } from 'node:path';
import { sharedAlgebra } from '../../linalg/fast.ts';
import { toCsv } from '../../tables/csv.ts';
import { writeWhole } from '../../tables/files.ts';
import { defineStudy } from '../kind.ts';
import { writeStudyManifest } from '../manifest.ts';
import { realGap } from './real.ts';
import { COLUMNS, type GapRow } from './rows.ts';
import { settingsSchema } from './settings.ts';
import { simulatedGap } from './simulated.ts';

/** Why balanced labels have a smaller bias than random ones, and how much of it theory explains. */
export const labelProtocolStudy = defineStudy({
  name: 'label-protocol',
  summary: 'balanced against random labels: the bias constants of both, simulated and by theory',
  settings: settingsSchema,
  async run(settings, context) {
    const algebra = sharedAlgebra();
    const { mixtures, real, ...common } = settings;
    const rows: GapRow[] = await context.steps.all(
      mixtures.map((of) => {
        return {
          key: ['mixture', of, common],
          compute: () => simulatedGap(of, settings, algebra, context.signal),
        };
      }),
    );
    if (real) rows.push(await realGap(real, settings.study_seed, context, algebra));
    const table = join(context.folder, 'label-protocol.csv');
    await writeWhole(table, toCsv(COLUMNS, rows));
    return {
      files: [table, await writeStudyManifest(context, settings)],
      lines: rows.map(inWords),
    };
  },
});

function inWords({ source, classes, between, random, gap, gap_se, theory }: GapRow): string {
  const share = (value: number) => `${((100 * value) / random).toFixed(1)} %`;
  const simulated =
    gap === null || gap_se === null ? '' : `${share(gap)} ± ${share(gap_se)} simulated, `;
  return `${source}, ${classes} classes, ${(100 * between).toFixed(0)} % of the variance between them: balanced labels take ${simulated}${share(theory)} by theory, from C`;
}
