import { join } from 'node:path';
import { environment } from '../provenance/environment.ts';
import { writeWhole } from '../tables/files.ts';
import type { StudyContext } from './kind.ts';

/** Version of the manifest's form. */
export const STUDY_FORMAT = 'fid-study study 1';

/**
 * Writes `manifest.json`: the experiment as it was run, and the machine. No clock.
 *
 * @param settings with all defaults filled in
 * @param more what the study adds: inputs by hash, summary, notes
 * @returns its path
 */
export async function writeStudyManifest(
  { experiment, folder, command }: StudyContext,
  settings: unknown,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { name, study, header } = experiment;
  const manifest = {
    format: STUDY_FORMAT,
    experiment: name,
    study,
    header,
    settings,
    command,
    ...more,
    environment: environment(),
  };
  const path = join(folder, 'manifest.json');
  await writeWhole(path, `${JSON.stringify(manifest, null, 2)}\n`);
  return path;
}
