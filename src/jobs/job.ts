import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { diskError } from '../arrays/disk.ts';
import { checked, parseJson } from '../arrays/json.ts';
import { readText } from '../arrays/regular-file.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { errorCode, StudyError } from '../errors.ts';
import { checkSeal, sealedManifest } from '../provenance/manifest.ts';
import { writeWhole } from '../tables/files.ts';
import { arraysPath, type JobArrays, writeArrays } from './arrays.ts';

/** Version of a job's form. */
const FORMAT = 'fid-study job 1';

/** Most units of a job: each is a small file. */
export const mostUnits = 100_000;

/** What is to be done, before it is written into a shared folder. */
export interface JobPlan {
  /** The kind of job, by its name among the kinds that `study worker` knows. */
  readonly kind: string;
  /** In a few words: `10 seeds of cifar10-cfm`. */
  readonly title: string;
  /** All that decides the value of any unit, machines aside: settings, inputs and arrays by content. */
  readonly identity: unknown;
  /** The same without what the preparing machine has rounded: what was asked for. */
  readonly request: unknown;
  /** Hash of the code that computes the units, and of the libraries that it uses. */
  readonly code: string;
  /** Tells how the machine that prepares the job rounds; a worker must round alike. */
  readonly probe: string;
  /** What the units are started with that decides no number, such as paths. Plain data. */
  readonly input: unknown;
  /** Numbers that all units start from. */
  readonly arrays?: JobArrays | undefined;
  /** Plain data each. A unit's value is decided by it and by `identity`, not by the other units. */
  readonly units: readonly unknown[];
}

const jobSchema = z.object({
  format: z.literal(FORMAT),
  kind: z.string().min(1).max(64),
  title: z.string().max(4096),
  identity: z.unknown(),
  request: z.unknown(),
  code: z.string().max(1024),
  probe: z.string().max(1024),
  input: z.unknown(),
  /** Hash of the arrays, by which their file is named. */
  arrays: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  units: z.array(z.unknown()).min(1).max(mostUnits),
});

/** A job as it lies in a shared folder. */
export interface Job extends z.output<typeof jobSchema> {
  /** The first digits of its hash. */
  readonly name: string;
}

/** Where jobs, their arrays and their parts are, below the folder of the results. */
export function jobsFolder(folder: string): string {
  return join(folder, 'array');
}

/**
 * Writes a job once; the same plan is the same job. Nothing that differs between two runs of one command is
 * part of it, so that the second finds what the first has prepared.
 *
 * @throws StudyError for too many units, and where the folder cannot be written
 */
export async function writeJob(folder: string, plan: JobPlan): Promise<Job> {
  const { kind, title, identity, request, code, probe, input, units } = plan;
  if (units.length > mostUnits) {
    throw new StudyError(
      `${units.length} units of an array job`,
      `a job may have ${mostUnits}: make several smaller ones, each in its own --out`,
    );
  }
  const arrays = plan.arrays ? await writeArrays(jobsFolder(folder), plan.arrays) : null;
  const values = {
    format: FORMAT,
    kind,
    title,
    identity,
    request,
    code,
    probe,
    input,
    arrays,
    units,
  };
  const text = sealedManifest(values);
  const name = nameOf(text);
  const path = jobPath(folder, name);
  if ((await readText(path).catch(() => undefined)) !== text) await writeWhole(path, text);
  return { ...jobSchema.parse(JSON.parse(text)), name };
}

/**
 * Reads a job.
 *
 * @param name of the job; by default the one that was written last
 * @throws StudyError if there is none of this name, or it was changed
 */
export async function readJob(folder: string, name?: string): Promise<Job> {
  const found = name ?? (await lastJob(folder));
  if (!/^[0-9a-f]{1,64}$/.test(found)) {
    throw new StudyError(`invalid name of a job: ${found}`, 'take the line that was printed');
  }
  const path = jobPath(folder, found);
  const again = 'run the command with --engine array again: it writes the job and prints the line';
  const text = await readText(path).catch((error) => {
    if (errorCode(error) !== 'ENOENT') throw diskError(error, path);
    throw new StudyError(`no job ${found} in ${folder}`, again);
  });
  const json = parseJson(text, path, again);
  if (!checkSeal(json, path, again)) throw new StudyError(`${path} has no seal`, again);
  return { ...checked(json, jobSchema, `${path} is not a job`, again), name: nameOf(text) };
}

/** The file of the job's arrays. */
export function arraysOf(folder: string, { arrays }: Job): string {
  if (arrays === null) throw new Error('this job has no arrays');
  return arraysPath(jobsFolder(folder), arrays);
}

function nameOf(text: string): string {
  return sha256Of(text).slice(0, 12);
}

function jobPath(folder: string, name: string): string {
  return join(jobsFolder(folder), `job-${name}.json`);
}

/** The jobs of a folder, the last one first. One that was changed is left out. */
export async function jobsIn(folder: string): Promise<Job[]> {
  const found: { job: Job; at: number }[] = [];
  for (const name of await namesIn(folder)) {
    const job = await readJob(folder, name).catch((error) => {
      if (error instanceof StudyError) return undefined;
      throw error;
    });
    if (job) found.push({ job, at: await writtenAt(folder, name) });
  }
  return found.sort((a, b) => b.at - a.at).map(({ job }) => job);
}

async function lastJob(folder: string): Promise<string> {
  let last: { name: string; at: number } | undefined;
  for (const name of await namesIn(folder)) {
    const at = await writtenAt(folder, name);
    if (!last || at > last.at) last = { name, at };
  }
  if (last) return last.name;
  throw new StudyError(
    `no array job in ${folder}`,
    'prepare one there: study sweep --engine array --out DIR',
  );
}

async function writtenAt(folder: string, name: string): Promise<number> {
  return (await stat(jobPath(folder, name))).mtimeMs;
}

async function namesIn(folder: string): Promise<string[]> {
  const files = await readdir(jobsFolder(folder)).catch((error) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw diskError(error, folder);
  });
  return files.flatMap((file) => /^job-([0-9a-f]{12})\.json$/.exec(file)?.[1] ?? []);
}
