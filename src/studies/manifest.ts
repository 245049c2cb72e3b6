import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { environment } from '../provenance/environment.ts';
import { hashesOfTables, manifestName, sealedManifest } from '../provenance/manifest.ts';
import { writeWhole } from '../tables/files.ts';
import type { StudyContext, StudyOutput } from './kind.ts';

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
  { experiment, folder, command, steps }: StudyContext,
  settings: unknown,
  more: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { name, study, header } = experiment;
  const machines = steps.machines();
  const manifest = {
    format: STUDY_FORMAT,
    experiment: name,
    study,
    header,
    settings,
    command,
    ...more,
    ...(machines.length > 0 && { machines }),
    environment: environment(),
  };
  const path = join(folder, manifestName);
  await writeWhole(path, sealedManifest(manifest));
  return path;
}

/**
 * Adds the hashes of a study's tables to its manifest, once all are written; and what it found, if its
 * manifest has no summary.
 *
 * @param files all that the study wrote; those of folders below have manifests of their own
 */
export async function completeManifest(
  folder: string,
  { files, lines }: StudyOutput,
): Promise<void> {
  const path = join(folder, manifestName);
  if (!files.includes(path)) return;
  const { seal: _, ...manifest } = JSON.parse(await readFile(path, 'utf8'));
  if (manifest.format !== STUDY_FORMAT) return;
  const own = files.filter((file) => dirname(file) === dirname(path));
  const answer = manifest.summary === undefined ? { answer: lines.filter(Boolean) } : {};
  const hashes = await hashesOfTables(own);
  await writeWhole(path, sealedManifest({ ...manifest, ...answer, files: hashes }));
}
