import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { diskError } from '../arrays/disk.ts';
import { checked, parseJson, withoutSchema } from '../arrays/json.ts';
import { longestOfUsers, readText } from '../arrays/regular-file.ts';
import { StudyError } from '../errors.ts';

const words = z.string().trim().min(1, 'empty');

/**
 * The header of an experiment: its question and how it is answered, written before it runs.
 *
 * Source: ADEMP of Morris, White & Crowther 2019, doi 10.1002/sim.8086.
 */
export const headerSchema = z.strictObject({
  aims: words,
  'data-generating mechanisms': words,
  estimands: words,
  methods: words,
  'performance measures': words,
});

export type Header = z.output<typeof headerSchema>;

const fileSchema = z.looseObject({
  study: words.default('sweep'),
  experiment: words.optional(),
  header: headerSchema,
});

/** A file of `experiments/`; its kind of study has not checked its settings yet. */
export interface Experiment {
  /** Its name, by default the file's; also the name of its results folder. */
  readonly name: string;
  /** The kind of study. */
  readonly study: string;
  readonly header: Header;
  /** Everything else in the file. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The file. */
  readonly path: string;
}

/**
 * Reads an experiment: JSON with `study` (the kind, by default a sweep), `header` (ADEMP),
 * `experiment` (a name) and the settings of its kind.
 *
 * @param overrides settings as `NAME=VALUE`, which replace those of the file: VALUE is JSON or else
 *   a string, dots in NAME reach into objects
 * @throws StudyError if the file is missing, not JSON, or lacks a part of the header
 */
export async function readExperiment(
  path: string,
  overrides: readonly string[] = [],
): Promise<Experiment> {
  const text = await readText(path, longestOfUsers).catch((error) => {
    throw diskError(error, path);
  });
  let json = withoutSchema(
    parseJson(text, path, 'for an example see experiments/cifar10-cfm.json of this package'),
  );
  for (const override of overrides) json = withOverride(json, override);
  const { study, experiment, header, ...settings } = checked(
    json,
    fileSchema,
    `${path} is not an experiment`,
    'an experiment begins with its ADEMP header: see experiments/cifar10-cfm.json',
  );
  return { name: experiment ?? basename(path, '.json'), study, header, settings, path };
}

/**
 * The path of a file that an experiment names: in the experiment's folder, so that it runs in any
 * working directory; if it is not there, in the working directory, like every other path.
 */
export function fileOfExperiment({ path }: Experiment, name: string): string {
  const own = resolve(dirname(path), name);
  return existsSync(own) ? own : name;
}

function withOverride(json: unknown, override: string): unknown {
  const at = override.indexOf('=');
  if (at < 1) {
    throw new StudyError(`invalid --set; not NAME=VALUE: ${override}`, 'for example --set seeds=3');
  }
  return replaced(json, override.slice(0, at).split('.'), settingOf(override.slice(at + 1)));
}

function replaced(within: unknown, [name, ...below]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  if (Array.isArray(within)) {
    return within.map((each, i) => (String(i) === name ? replaced(each, below, value) : each));
  }
  const object = Object(within) as Record<string, unknown>;
  return { ...object, [name]: replaced(object[name], below, value) };
}

function settingOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
