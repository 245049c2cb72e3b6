import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readExperiment } from '../../src/studies/experiment.ts';
import { jsonSchemas } from '../../src/studies/schemas.ts';
import { parseSurrogate } from '../../src/surrogates/load.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const schemas = jsonSchemas();
const textOf = (schema: object) => `${JSON.stringify(schema, null, 2)}\n`;
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));

describe('schemas/', () => {
  /** `REDRAW=1 npx vitest run --project fast test/studies/schemas.test.ts` writes them again. */
  if (process.env.REDRAW) {
    mkdirSync(join(root, 'schemas'), { recursive: true });
    for (const [name, schema] of Object.entries(schemas)) {
      writeFileSync(join(root, 'schemas', name), textOf(schema));
    }
  }

  it('holds the schemas of the code, and no others', () => {
    expect(readdirSync(join(root, 'schemas')).sort()).toEqual(Object.keys(schemas).sort());
    for (const [name, schema] of Object.entries(schemas)) {
      expect(readFileSync(join(root, 'schemas', name), 'utf8'), name).toBe(textOf(schema));
    }
  });
});

const ajv = new Ajv2020({ strict: false });
const check = (name: string, value: unknown) => {
  const validate = ajv.compile(schemas[name]!);
  return validate(value) ? [] : validate.errors;
};

describe('the schema of', () => {
  const experiments = readdirSync(join(root, 'experiments')).filter((name) =>
    name.endsWith('.json'),
  );

  it.each(experiments)('its kind of study fits experiments/%s, also with $schema', (file) => {
    const experiment = json(`experiments/${file}`);
    const { study = 'sweep' } = experiment;
    const name = `experiment-${study}.json`;
    expect(check(name, experiment)).toEqual([]);
    expect(check(name, { $schema: `../schemas/${name}`, ...experiment })).toEqual([]);
    expect(check(name, { ...experiment, sead: 3 })).not.toEqual([]);
    expect(check(name, { ...experiment, header: undefined, sizes: true })).not.toEqual([]);
  });

  it.each(readdirSync(join(root, 'experiments/surrogates')))('a surrogate fits %s', (file) => {
    expect(check('surrogate.json', json(`experiments/surrogates/${file}`))).toEqual([]);
  });
});

it('a file of settings may name its schema', async () => {
  const experiment = { $schema: '../schemas/x.json', ...json('experiments/cifar10-cfm.json') };
  const path = join(temporaryFolder(), 'named.json');
  writeFileSync(path, JSON.stringify(experiment));
  const { settings } = await readExperiment(path);
  expect(settings).not.toHaveProperty('$schema');
  const surrogate = json('experiments/surrogates/cifar10-cfm.json');
  const named = JSON.stringify({ $schema: 'x', ...surrogate });
  expect(parseSurrogate(named, 'x')).toEqual(parseSurrogate(JSON.stringify(surrogate), 'x'));
});
