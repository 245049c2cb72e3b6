import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../arrays/disk.ts';
import { errorCode, StudyError } from '../../errors.ts';
import type { Experiment } from '../experiment.ts';
import { kindOf } from '../registry.ts';
import type { StudyServices } from '../services.ts';
import { openSteps, type Step, type Steps, stepName } from '../steps.ts';

/** Where a process gets the steps that it computes, and leaves their values. */
export interface StepSupply {
  /** The name of the next step to compute; undefined if there is none left. */
  next(): Promise<string | undefined>;
  put(name: string, value: unknown): Promise<void>;
}

/** Ends a study in the process that has computed its share of the steps. */
class ShareDone extends Error {}

/**
 * Runs a study once more, as far as the first steps that are not known, and computes some of these. What
 * is known comes from a copy of the folder's journals; everything that the study writes is thrown away.
 *
 * @throws StudyError if the study does not have a step that is asked for
 */
export async function rerunFor(
  experiment: Experiment,
  folder: string,
  { next, put }: StepSupply,
  services: StudyServices,
): Promise<void> {
  const own = await mkdtemp(join(tmpdir(), 'study-steps-'));
  await copyJournals(folder, own);
  const known = openSteps(own);
  const steps: Steps = {
    ...known,
    async all(batch, onStep) {
      if (await areKnown(batch)) return known.all(batch, onStep);
      const byName = new Map(batch.map((step) => [stepName(step.key), step]));
      for (let name = await next(); name !== undefined; name = await next()) {
        const step = byName.get(name);
        if (!step) throw noSuchStep(experiment);
        await put(name, await step.compute());
      }
      throw new ShareDone();
    },
  };
  async function areKnown(batch: readonly Step<unknown>[]): Promise<boolean> {
    return (await Promise.all(batch.map(({ key }) => known.has(key)))).every(Boolean);
  }
  try {
    const kind = kindOf(experiment.study, experiment.path);
    await kind.run({ ...services, experiment, folder: own, steps });
    if ((await next()) !== undefined) throw noSuchStep(experiment);
  } catch (error) {
    if (!(error instanceof ShareDone)) throw error;
  } finally {
    await known.close();
    await rm(own, { recursive: true, force: true });
  }
}

function noSuchStep({ name }: Experiment): StudyError {
  return new StudyError(
    `${name} does not have the steps of this job`,
    'were its inputs changed? Run the command that prepared the job again',
  );
}

/** Copies the journals of finished steps and draws; a line that is being written does not count yet. */
async function copyJournals(from: string, to: string): Promise<void> {
  const names = await readdir(from, { recursive: true }).catch((error) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    if (!/(^|[\\/])(steps|draws)\.jsonl$/.test(name)) continue;
    const path = join(to, name);
    await makeFolder(dirname(path));
    await cp(join(from, name), path);
  }
}
