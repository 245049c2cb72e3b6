import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diskError } from '../arrays/disk.ts';
import { checked, parseJson, withoutSchema } from '../arrays/json.ts';
import { longestOfUsers, readText } from '../arrays/regular-file.ts';
import { sha256OfFile } from '../arrays/sha256.ts';
import { readStatisticsNpz } from '../arrays/statistics-npz.ts';
import { errorCode, StudyError } from '../errors.ts';
import type { LinearAlgebra } from '../linalg/algebra.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import { dense } from './dense.ts';
import { diagonal } from './diagonal.ts';
import { type SurrogateDefinition, surrogateSchema } from './schema.ts';
import type { Surrogate } from './surrogate.ts';

/** Surrogates that come with the package. */
export const builtInSurrogates = ['cifar10-cfm'] as const;

/**
 * Loads a surrogate by its built-in name or from a JSON file.
 *
 * @throws StudyError for an unknown name, a missing file, or an invalid definition
 */
export async function loadSurrogate(
  nameOrPath: string,
  algebra: LinearAlgebra = sharedAlgebra(),
): Promise<Surrogate> {
  const builtIn = builtInSurrogates.find((name) => name === nameOrPath);
  if (!builtIn && !/\.json$/i.test(nameOrPath)) {
    throw new StudyError(
      `unknown source: ${nameOrPath}`,
      `built in: ${builtInSurrogates.join(', ')}; or give a surrogate's JSON file, or --reference and --generated`,
    );
  }
  // The same relative path from src/surrogates and from dist/surrogates.
  const path = builtIn
    ? fileURLToPath(new URL(`../../experiments/surrogates/${builtIn}.json`, import.meta.url))
    : resolve(nameOrPath);
  const definition = parseSurrogate(await textOf(path, nameOrPath), nameOrPath);
  return resolveSurrogate(definition, builtIn ? '.' : dirname(resolve(nameOrPath)), algebra);
}

const example = 'for an example see experiments/surrogates/cifar10-cfm.json of this package';

/** @throws StudyError naming the invalid field */
export function parseSurrogate(text: string, name: string): SurrogateDefinition {
  const json = withoutSchema(parseJson(text, name, example));
  return checked(json, surrogateSchema, `invalid surrogate ${name}`, example);
}

/**
 * Turns a definition into moments, draws and the population FID.
 *
 * @param folder what paths of statistics files are relative to
 * @throws StudyError if reference and generated do not fit together
 */
export async function resolveSurrogate(
  definition: SurrogateDefinition,
  folder: string,
  algebra: LinearAlgebra,
): Promise<Surrogate> {
  const surrogate = await momentsOf(definition, folder, algebra);
  requireFinite(surrogate);
  return surrogate;
}

/** Products of variances, which draws are made of, must not overflow. */
const LARGEST = 1e100;

/** @throws StudyError for numbers that are each in range, but whose FID or variances are not */
function requireFinite({ definition, population, source, roots }: Surrogate): void {
  const { distance, traceReference, traceGenerated } = population;
  const holds =
    [distance, traceReference, traceGenerated].every((value) => value <= LARGEST) &&
    [roots, source.geometry.offset].every((values) => values.every(Number.isFinite));
  if (holds) return;
  const what = Number.isFinite(distance) ? 'too large' : 'not finite';
  throw new StudyError(
    `the population FID of surrogate ${definition.name} is ${what}: ${distance}, traces ${traceReference} and ${traceGenerated}`,
    `FID and traces may be up to ${LARGEST}; ${example}`,
  );
}

async function momentsOf(
  definition: SurrogateDefinition,
  folder: string,
  algebra: LinearAlgebra,
): Promise<Surrogate> {
  const { reference, generated } = definition;
  if (reference.kind !== 'npz') return diagonal(definition);
  const q = await readStatisticsNpz(resolve(folder, reference.path));
  const files = { [reference.path]: await hashOf(resolve(folder, reference.path)) };
  if (generated.kind === 'same') return { ...(await dense(definition, q, q, algebra)), files };
  if (generated.kind !== 'npz') {
    throw new StudyError(
      `a reference of kind npz needs generated kind npz or same, not ${generated.kind}`,
      'give the generated side as npz too, or as { "kind": "same" }',
    );
  }
  const p = await readStatisticsNpz(resolve(folder, generated.path));
  files[generated.path] = await hashOf(resolve(folder, generated.path));
  return { ...(await dense(definition, q, p, algebra)), files };
}

function hashOf(path: string): Promise<string> {
  return sha256OfFile(path).catch((error) => {
    throw diskError(error, path);
  });
}

async function textOf(path: string, name: string): Promise<string> {
  try {
    return await readText(path, longestOfUsers);
  } catch (cause) {
    if (errorCode(cause) !== 'ENOENT') throw diskError(cause, path);
    throw new StudyError(`surrogate not found: ${name}`, 'check the path', { cause });
  }
}
