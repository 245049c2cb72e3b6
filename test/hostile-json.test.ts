import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSweepFolder } from '../src/charts/sweep-folder.ts';
import { jobKinds } from '../src/commands/job-kinds.ts';
import { readManifest } from '../src/embeddings/manifest.ts';
import { StudyError } from '../src/errors.ts';
import { type Job, readJob } from '../src/jobs/job.ts';
import type { Tools } from '../src/jobs/kind.ts';
import { differences } from '../src/provenance/differences.ts';
import { sealedManifest } from '../src/provenance/manifest.ts';
import { readExperiment } from '../src/studies/experiment.ts';
import type { StudyContext } from '../src/studies/kind.ts';
import { kindOf } from '../src/studies/registry.ts';
import { loadSurrogate } from '../src/surrogates/load.ts';
import { temporaryFolder } from './arrays/folder.ts';

const folder = temporaryFolder();
const path = join(folder, 'manifest.json');
const root = fileURLToPath(new URL('..', import.meta.url));
/** Of kinds that check settings of their own; a sweep's have a test of theirs. */
const experiments = ['cause', 'cfm-gap', 'estimators', 'jitter', 'practice', 'cifar10-real'];

/** Numbers that are counts in no file, and names that objects have of themselves. */
const scalar = fc.oneof(
  fc.constantFrom(null, true, -1, 0, 0.5, 2 ** 31, 2 ** 53, 1e308, '', '\u0000', '../x', 'NaN'),
  fc.string(),
);
const key = fc.constantFrom(
  ...['__proto__', 'constructor', 'toString', 'format', 'settings', 'study', 'header', 'name'],
  ...['sizes', 'seeds', 'images', 'rows', 'dimension', 'reference', 'generated', 'draws', 'grids'],
);
const json = fc.oneof(
  scalar,
  fc.jsonValue(),
  fc.dictionary(
    key,
    fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(key, scalar)),
    {
      maxKeys: 8,
    },
  ),
);

/** @param read of a file of JSON; it may refuse it in words, and throw nothing else */
function survives(read: () => Promise<unknown>): Promise<void> {
  return fc.assert(
    fc.asyncProperty(json, async (value) => {
      writeFileSync(path, JSON.stringify(value));
      const error: unknown = await read().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined) expect(error).toBeInstanceOf(StudyError);
    }),
    { seed: 11, numRuns: 300 },
  );
}

describe('any JSON', () => {
  it('is read or refused as a manifest of features', () => survives(() => readManifest(folder)));
  it('is read or refused as a sweep’s', () => survives(() => readSweepFolder(folder)));
  it('is read or refused as an experiment', () => survives(() => readExperiment(path)));
  it('is read or refused as a surrogate', () => survives(() => loadSurrogate(path)));

  it.each(jobKinds)('is read or refused as a job of $name', (kind) =>
    survives(async () => {
      const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
      const common = { format: 'fid-study job 1', kind: kind.name, title: '', code: '', probe: '' };
      const job = { ...common, identity: 0, request: 0, arrays: null, units: [value], name: '0' };
      const units = [{ index: 0, data: value, id: '' }];
      const { signal } = new AbortController();
      const tools = { folder, signal, workers: 1, arrays: async () => ({}), put: async () => {} };
      const inputs = [value, { draws: value, files: [] }, { experiment: value, directory: folder }];
      for (const input of inputs) await kind.work({ ...job, input } as Job, units, tools as Tools);
    }),
  );

  it('is read or refused as the job of a folder', () =>
    survives(async () => {
      const value = Object(JSON.parse(readFileSync(path, 'utf8')));
      const job = join(folder, 'array', 'job-000000000000.json');
      mkdirSync(join(folder, 'array'), { recursive: true });
      writeFileSync(job, sealedManifest({ ...value }));
      await readJob(folder, '000000000000');
    }));

  it('is compared with any other', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(differences(a, b)).toBeInstanceOf(Array);
      }),
      { seed: 12, numRuns: 300 },
    );
  });

  it.each(experiments)('has no number without a bound, but for seeds: %s', async (name) => {
    const experiment = await readExperiment(join(root, 'experiments', `${name}.json`));
    const kind = kindOf(experiment.study, experiment.path);
    const places = wholeNumbersIn(experiment.settings).filter(
      (at) => !/(^|\.)(study_)?seed$/.test(at),
    );
    for (const place of places) {
      const changed = await readExperiment(experiment.path, [`${place}=${2 ** 53 - 1}`]);
      const run = kind.run({ experiment: changed } as unknown as StudyContext);
      await expect(run, place).rejects.toThrow(StudyError);
      await expect(run, place).rejects.toThrow(
        /^invalid settings in .*: .*(Too big|too many|more than)/,
      );
    }
    expect(places.length).toBeGreaterThan(0);
  });
});

/** The places of whole numbers in settings, as `--set` names them. */
function wholeNumbersIn(value: unknown, at = ''): string[] {
  if (Number.isInteger(value)) return [at.slice(1)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => wholeNumbersIn(each, `${at}.${name}`));
}
