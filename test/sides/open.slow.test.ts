import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { compareCommand } from '../../src/commands/compare.ts';
import { correctCommand } from '../../src/commands/correct.ts';
import { estimateCommand } from '../../src/commands/estimate.ts';
import { extractCommand } from '../../src/commands/extract.ts';
import { fidCommand } from '../../src/commands/fid.ts';
import { planCommand } from '../../src/commands/plan.ts';
import { statsCommand } from '../../src/commands/stats.ts';
import { sweepCommand } from '../../src/commands/sweep.ts';
import { type ExtractionProgress, extract, openSide, sweep } from '../../src/index.ts';
import { resolveExtractor } from '../../src/models/resolve.ts';
import { openSides } from '../../src/sides/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { runCommand } from '../commands/run.ts';
import { tinyModel } from '../embeddings/tiny-extractor.ts';
import { picture, png } from '../images/sources.ts';
import { writePool } from '../metrics/feature-pools.ts';

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder, ...parts);
const model = tinyModel(at('tiny.onnx'));
const { path: npy } = await writePool(folder, 12, 5, 'rows');
const { path: other } = await writePool(folder, 12, 5, 'other');
let round = 0;

beforeAll(async () => {
  for (const name of ['images', 'damaged']) {
    mkdirSync(at(name));
    for (let i = 0; i < 12; i++) writeFileSync(at(name, `${i}.png`), await png(picture(17 * i)));
  }
  for (const i of [1, 4, 7, 9]) writeFileSync(at('damaged', `${i}.png`), 'no picture');
});

beforeEach(() => {
  vi.stubEnv('STUDY_CACHE', at('cache'));
});

/** An empty cache: whether anything was extracted shows in it. */
function emptyCache(): string {
  const cache = at(`cache-${round++}`);
  vi.stubEnv('STUDY_CACHE', cache);
  return cache;
}

describe('openSides', () => {
  it('extracts the side of images by a model that the side of features does not need', async () => {
    const sides = await openSides(npy, at('images'), { model, deterministic: true, networks: 1 });
    for (const side of Object.values(sides)) side.close();
    expect(sides.reference).toMatchObject({ path: npy, extractor: null, rows: 12 });
    expect(sides.generated).toMatchObject({ path: at('images'), rows: 12 });
    expect(sides.generated.extracted?.extraction).toMatchObject({ deterministic: true });
  });

  it('looks at both sides before it extracts one', async () => {
    const cache = emptyCache();
    await expect(openSides(at('images'), at('none.npy'), { model })).rejects.toThrow(
      'no such file or folder',
    );
    expect(existsSync(join(cache, 'embeddings'))).toBe(false);
  });

  it('takes a network that is ready to run', async () => {
    const extractor = await resolveExtractor(model);
    const side = await openSide(at('images'), { model: extractor });
    side.close();
    expect(side.extractor).toMatchObject({ name: 'tiny', sha256: extractor.sha256 });
    await expect(openSide(at('images'), { model: extractor, mode: 'clean' })).rejects.toThrow(
      'ready to run in the mode as-is, not clean',
    );
  });

  it('refuses a selection of what is no images', async () => {
    await expect(openSide(npy, { selection: { limit: 3 } })).rejects.toMatchObject({
      message: `limit 3 for the features in ${npy}`,
      hint: expect.stringContaining('only images can be selected'),
    });
  });
});

describe('options of images where there are none', () => {
  const sweepFlags = ['--sizes', '6', '--seeds', '1', '--out', at('refused')];
  const run = {
    fid: (...flags: string[]) => runCommand(fidCommand(), [npy, other, ...flags]),
    stats: (...flags: string[]) => runCommand(statsCommand(), [npy, '--out', 'a.npz', ...flags]),
    compare: (...flags: string[]) =>
      runCommand(compareCommand(), [npy, npy, '--reference', other, ...flags]),
    'sweep of a surrogate': (...flags: string[]) =>
      runCommand(sweepCommand(), [...sweepFlags, ...flags]),
    'plan by a constant': (...flags: string[]) =>
      runCommand(planCommand(), ['--bias', '1', '--constant', '9', ...flags]),
  };

  it.each(Object.entries(run))('are refused by study %s, with the reason', async (_, study) => {
    await expect(study('--model', 'fid-inception', '--mode', 'clean')).rejects.toMatchObject({
      name: 'StudyError',
      message: expect.stringMatching(
        /^--model fid-inception --mode clean without images to extract/,
      ),
      hint: expect.stringMatching(/^leave them out, or give images/),
    });
    await expect(study('--skip-bad')).rejects.toThrow('--skip-bad without images to extract');
  });

  it('are refused by study correct by a data set, whose --model names published FIDs', async () => {
    const of = ['--fid', '9', '--from', '5000', '--to', '50000', '--dataset', 'imagenet'];
    const study = (...flags: string[]) => runCommand(correctCommand(), [...of, ...flags]);
    await expect(study('--model', 'fid-inception', '--mode', 'clean')).rejects.toMatchObject({
      name: 'StudyError',
      message: expect.stringMatching(/^--mode clean without images to extract/),
      hint: expect.stringMatching(/^leave it out, or give images/),
    });
    await expect(study('--skip-bad')).rejects.toThrow('--skip-bad without images to extract');
  });

  it('are named with what the sides hold', async () => {
    await expect(openSides(npy, other, { provider: 'cpu' })).rejects.toThrow(
      `--provider cpu without images to extract: ${npy} holds features, ${other} holds features`,
    );
  });
});

describe('images left out by --skip-bad', () => {
  const note = expect.stringContaining(
    'damaged: 4 of 12 images could not be decoded and are left out: 1.png, 4.png, 7.png, …',
  );
  const flags = ['--model', model, '--skip-bad'];
  const manifest = (name: string) => JSON.parse(readFileSync(at(name, 'manifest.json'), 'utf8'));
  const json = (lines: readonly string[]) => JSON.parse(lines.join('\n'));

  it('are told by fid, estimate, compare, plan, correct and stats', async () => {
    const images = at('damaged');
    const fid = json(await runCommand(fidCommand(), [npy, images, '--json', ...flags]));
    expect(fid).toMatchObject({ generated: { rows: 8, skipped: 4 }, reference: { skipped: null } });
    expect(fid.notes).toContainEqual(note);
    const estimate = [images, '--reference', npy, '--out', at('estimate'), ...flags];
    await runCommand(estimateCommand(), estimate);
    expect(manifest('estimate')).toMatchObject({ generated: { skipped: 4 } });
    expect(manifest('estimate').notes).toContainEqual(note);
    const sets = [images, other, '--correct', '--reference', npy, '--out', at('compare')];
    await runCommand(compareCommand(), [...sets, ...flags]);
    expect(manifest('compare').ranking).toContainEqual(expect.objectContaining({ skipped: 4 }));
    expect(manifest('compare').notes).toContainEqual(note);
    const plan = ['--bias', '1', '--reference', images, '--out', at('plan'), ...flags];
    await runCommand(planCommand(), plan);
    expect(manifest('plan')).toMatchObject({ sides: [{ path: images, skipped: 4 }] });
    expect(manifest('plan').notes).toContainEqual(note);
    const sizes = ['--fid', '9', '--from', '5000', '--to', '50000', '--json'];
    const args = [...sizes, '--reference', images, ...flags];
    const corrected = json(await runCommand(correctCommand(), args));
    expect(corrected).toMatchObject({ reference: { skipped: 4 } });
    expect(corrected.notes).toContainEqual(note);
    const lines = await runCommand(statsCommand(), [images, '--out', at('s.npz'), ...flags]);
    expect(lines).toContainEqual(note);
  });

  it('are told by a sweep, and in its manifest', async () => {
    const sides = ['--reference', npy, '--generated', at('damaged'), ...flags];
    const draws = ['--sizes', '4', '--seeds', '2', '--workers', '1', '--out', at('sweep')];
    expect(await runCommand(sweepCommand(), [...sides, ...draws])).toContainEqual(note);
    expect(manifest('sweep').notes).toContainEqual(note);
    expect(manifest('sweep').inputs.generated.extracted.images).toMatchObject({
      count: 12,
      skipped: 4,
    });
  });

  it('are told of their features too, later on', async () => {
    const { embeddings } = await extract(at('damaged'), {
      model,
      skipBad: true,
      out: at('features'),
    });
    embeddings.close();
    const side = await openSide(at('features'));
    side.close();
    expect(side.notes).toEqual([expect.stringContaining('features: 4 of 12 images could not')]);
  });
});

describe('features in the folder of their images', () => {
  const hint = 'give another folder, such as --out features';
  const study = (out: string) =>
    runCommand(extractCommand(), ['--images', at('images'), '--model', model, '--out', out]);

  it('are refused before anything is extracted, below it and by a link too', async () => {
    const cache = emptyCache();
    symlinkSync(at('images'), at('link'));
    for (const out of [at('images'), at('images', 'a', 'b'), at('link'), at('link', 'c')]) {
      await expect(study(out)).rejects.toMatchObject({
        message: `--out ${out} is inside the images: ${at('images')}`,
        hint,
      });
    }
    expect(existsSync(cache)).toBe(false);
    expect(existsSync(at('images', 'a'))).toBe(false);
  });

  it('may lie beside it', async () => {
    await study(at('images-features'));
    expect(existsSync(at('images-features', 'manifest.json'))).toBe(true);
  });
});

describe('the library', () => {
  it('prints nothing, and hands progress over', async () => {
    emptyCache();
    const printed = [
      ...(['log', 'error', 'warn', 'info'] as const).map((name) => vi.spyOn(console, name)),
      vi.spyOn(process.stdout, 'write'),
      vi.spyOn(process.stderr, 'write'),
    ];
    const told: ExtractionProgress[] = [];
    const settings = { reference: npy, generated: at('images'), model, sizes: [4], seeds: 2 };
    const { estimates } = await sweep(settings, {
      out: at('quiet'),
      workers: 1,
      onExtraction: (progress) => told.push(progress),
    });
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    expect(estimates).toHaveLength(2);
    expect(told.at(0)).toMatchObject({ phase: 'extracting', total: 12 });
    expect(told.at(-1)).toMatchObject({ phase: 'extracting', done: 12, total: 12 });
  });

  it('limits draws, not networks, by workers', async () => {
    const settings = { reference: npy, generated: at('images'), model, sizes: [4], seeds: 1 };
    const threads = async (out: string, options: { workers?: number; networks?: number }) => {
      emptyCache();
      await sweep(settings, { out, ...options });
      const { inputs } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
      return inputs.generated.extracted.extraction.threads;
    };
    // Cores are shared among networks, not among workers.
    expect(await threads(at('one'), { workers: 1 })).toBe(1);
    expect(await threads(at('two'), { networks: 1 })).toBe(availableParallelism());
  });
});
