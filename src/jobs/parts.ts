import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { diskError, writeAtomically, writeFully, writeOnce } from '../arrays/disk.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { errorCode, StudyError } from '../errors.ts';
import { type Job, jobsFolder } from './job.ts';
import { machineInWords, thisMachine } from './machine.ts';
import {
  contentOf,
  formatHeader,
  type Part,
  type PartHeader,
  readPart,
  type UnitResult,
} from './part-file.ts';

/** One unit of a job. */
export interface Unit {
  /** In the job's list, from 0. */
  readonly index: number;
  /** As the job's kind made it. */
  readonly data: unknown;
  /** 32 hex digits of the hash of what decides its value: kind, identity, code, data. */
  readonly id: string;
}

/** The units of a job. Two jobs that differ in their other units share the parts of one. */
export function unitsOf({ kind, identity, code, units }: Job): Unit[] {
  const common = sha256Of(JSON.stringify([kind, identity, code]));
  return units.map((data, index) => {
    return { index, data, id: sha256Of(common, JSON.stringify(data)).slice(0, 32) };
  });
}

/** The file of a unit as a machine that rounds like `probe` makes it. */
export function partPath(folder: string, { id }: Unit, probe: string): string {
  return join(partsFolder(folder, id), `${id}-${sha256Of(probe).slice(0, 8)}.part`);
}

/** Folders of a few hundred files each: some file systems are slow with many in one. */
function partsFolder(folder: string, id: string): string {
  return join(jobsFolder(folder), 'parts', id.slice(0, 2));
}

/** Parts of a unit by their order of use: those that round as the job asks first. */
export interface FoundParts {
  readonly own: Part | undefined;
  /** By machines that round otherwise. */
  readonly others: readonly Part[];
}

/**
 * The parts of some units, by their id.
 *
 * @throws StudyError if two machines that should round alike gave a unit two values
 */
export async function findParts(
  folder: string,
  { probe }: Job,
  units: readonly Unit[],
): Promise<Map<string, FoundParts>> {
  const found = new Map<string, FoundParts>();
  const lists = new Map<string, string[]>();
  for (const unit of units) {
    const place = partsFolder(folder, unit.id);
    if (!lists.has(place)) lists.set(place, await namesIn(place));
    const names = lists.get(place)!.filter((name) => name.startsWith(unit.id));
    const disputed = names.find((name) => name.endsWith('.other'));
    if (disputed) throw await twoValues(join(place, disputed), unit);
    const wanted = basename(partPath(folder, unit, probe));
    const parts: Part[] = [];
    for (const name of names.filter((each) => each.endsWith('.part')).sort()) {
      const part = await readPart(join(place, name));
      if (part?.unit === unit.id) parts.push(part);
    }
    const own = parts.find(({ path }) => basename(path) === wanted);
    found.set(unit.id, { own, others: parts.filter((part) => part !== own) });
  }
  return found;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw diskError(error, folder);
  });
}

/**
 * Keeps the result of a unit, whole or not at all. The first to come stays: of two machines with the same
 * values one is dropped. A part that failed, or is damaged, is replaced.
 *
 * @param probe of this machine
 * @returns whether it was kept
 * @throws StudyError if another machine gave other values, which are both kept to look at
 */
export async function putPart(
  folder: string,
  unit: Unit,
  probe: string,
  { value, aside = null, bytes = new Uint8Array(), isFailed = false }: UnitResult,
): Promise<boolean> {
  const path = partPath(folder, unit, probe);
  const header: PartHeader = {
    unit: unit.id,
    probe,
    machine: thisMachine(probe),
    value: value ?? null,
    aside,
    isFailed,
    bytes: bytes.byteLength,
    sha256: sha256Of(bytes),
  };
  const start = formatHeader(header);
  const write = async (file: Parameters<Parameters<typeof writeAtomically>[1]>[0]) => {
    await writeFully(file, start, 0);
    await writeFully(file, bytes, start.length);
  };
  if (await writeOnce(path, write)) return true;
  const other = await readPart(path);
  if (!other || other.isFailed) {
    await writeAtomically(path, write);
    return true;
  }
  if (isFailed || contentOf(other) === contentOf(header)) return false;
  const disputed = `${path.replace(/\.part$/, '')}-${sha256Of(start).slice(0, 8)}.other`;
  await writeAtomically(disputed, write);
  throw await twoValues(disputed, unit);
}

/** Sets a damaged part aside, so that it is missing. */
export async function dropPart({ path }: Part): Promise<void> {
  await rename(path, `${path}.damaged`).catch(() => rm(path, { force: true }));
}

async function twoValues(path: string, { index }: Unit): Promise<StudyError> {
  const other = await readPart(path);
  const first = await readPart(path.replace(/-[0-9a-f]{8}\.other$/, '.part'));
  const who = [first, other].map((part) =>
    part ? machineInWords(part.machine) : 'an unknown one',
  );
  return new StudyError(
    `unit ${index} has two values: one of ${who[0]}, another of ${who[1]}, which round alike`,
    `one of these machines is at fault (memory, disk): delete its file of ${basename(path).slice(0, 32)}-* in ${dirname(path)}, and start the part again elsewhere`,
  );
}
