import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readScipy } from '../../src/studies/cause/scipy.ts';
import { fileOfExperiment, headerSchema, readExperiment } from '../../src/studies/experiment.ts';
import { kinds } from '../../src/studies/registry.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { HEADER } from './header.ts';

const folder = temporaryFolder();
let count = 0;

function file(content: unknown): string {
  const path = join(folder, `e${count++}.json`);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('fileOfExperiment', () => {
  it('finds a file of an experiment from any working directory', async () => {
    const path = fileURLToPath(new URL('../../experiments/cause.json', import.meta.url));
    const experiment = await readExperiment(path);
    const { scipy, sizes } = experiment.settings as { scipy: string; sizes: [number, number] };
    const here = process.cwd();
    process.chdir(folder);
    try {
      const found = await readScipy(fileOfExperiment(experiment, scipy), sizes);
      expect(found.ways).toHaveLength(2);
    } finally {
      process.chdir(here);
    }
  });

  it('leaves paths of the working directory, and whole paths, as they are', () => {
    const experiment = { path: 'experiments/e.json', name: 'e', study: 's', header: HEADER };
    for (const path of ['data/missing.zip', join(folder, 'absolute.json')]) {
      expect(fileOfExperiment({ ...experiment, settings: {} }, path)).toBe(path);
    }
  });
});

describe('readExperiment', () => {
  it('tells name, kind, header and settings apart', async () => {
    const path = file({ study: 'other', experiment: 'n', header: HEADER, seeds: 3 });
    const settings = { seeds: 3 };
    expect(await readExperiment(path)).toEqual({
      name: 'n',
      study: 'other',
      header: HEADER,
      settings,
      path,
    });
  });

  it('is a sweep with the name of its file by default', async () => {
    const { name, study } = await readExperiment(file({ header: HEADER }));
    expect(study).toBe('sweep');
    expect(name).toMatch(/^e\d+$/);
  });

  it.each(Object.keys(HEADER))('refuses a header without %s', async (part) => {
    const path = file({ header: { ...HEADER, [part]: ' ' } });
    await expect(readExperiment(path)).rejects.toThrow(part);
    const { [part as 'aims']: _, ...rest } = HEADER;
    await expect(readExperiment(file({ header: rest }))).rejects.toThrow(part);
  });

  it('refuses what is not JSON, no object, or without any header', async () => {
    await expect(readExperiment(file('{'))).rejects.toThrow('is not JSON');
    await expect(readExperiment(file('[1]'))).rejects.toThrow('is not an experiment');
    await expect(readExperiment(file({ seeds: 3 }))).rejects.toThrow('header');
    await expect(readExperiment(join(folder, 'none.json'))).rejects.toThrow('none.json');
  });

  it('replaces settings from the command line, deep ones too', async () => {
    const path = file({
      header: HEADER,
      seeds: 3,
      images: { train: 'a', test: 'b' },
      list: [1, 2],
    });
    const overrides = ['seeds=[1,2]', 'images.train=c=d', 'list.1=7', 'new.x=null'];
    const { settings } = await readExperiment(path, overrides);
    expect(settings).toEqual({
      seeds: [1, 2],
      images: { train: 'c=d', test: 'b' },
      list: [1, 7],
      new: { x: null },
    });
    await expect(readExperiment(path, ['seeds'])).rejects.toThrow('NAME=VALUE: seeds');
    await expect(readExperiment(path, ['=3'])).rejects.toThrow('NAME=VALUE');
  });
});

describe('the committed experiments', () => {
  const experiments = fileURLToPath(new URL('../../experiments', import.meta.url));
  const names = readdirSync(experiments).filter((name) => name.endsWith('.json'));

  it.each(names)('%s has an ADEMP header, its own name and a kind that there is', async (name) => {
    const experiment = await readExperiment(join(experiments, name));
    expect(headerSchema.parse(experiment.header)).toEqual(experiment.header);
    expect(`${experiment.name}.json`).toBe(name);
    expect(kinds.map((kind) => kind.name)).toContain(experiment.study);
  });
});
