import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openImages } from '../../src/images/open.ts';
import { temporaryFolder } from '../arrays/folder.ts';
import { decoded, setFile } from './sets.ts';
import { picture } from './sources.ts';

/** A Python with NumPy, SciPy and lmdb, as of Debian. */
const python = process.env.STUDY_PYTHON ?? '/usr/bin/python3';
const folder = temporaryFolder();

function has(library: string): boolean {
  try {
    execFileSync(python, ['-c', `import ${library}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs the command of a refusal's hint in an empty folder. */
async function converted(path: string): Promise<void> {
  const hint: string = await openImages(path).then(
    () => '',
    (error) => error.hint,
  );
  const code = /python3 -c "(.*)"$/.exec(hint)?.[1];
  expect(code, hint).toBeDefined();
  execFileSync(python, ['-c', code!], { cwd: folder });
}

const grey = (pixels: Uint8Array) => pixels.map((_, i) => pixels[3 * Math.floor(i / 3)]!);

describe.skipIf(!has('numpy'))('the line of NumPy in a refusal', () => {
  it.each([
    ['channels-first.npy', 4, (pixels: Uint8Array) => pixels],
    ['unit.npy', 4, (pixels: Uint8Array) => pixels],
    ['signed.npy', 4, (pixels: Uint8Array) => pixels],
    ['torch.npy', 4, (pixels: Uint8Array) => pixels],
    ['bytes-as-floats.npy', 4, (pixels: Uint8Array) => pixels],
    ['int64.npy', 4, (pixels: Uint8Array) => pixels],
    ['four-channels.npy', 4, (pixels: Uint8Array) => pixels],
    ['fortran.npy', 4, (pixels: Uint8Array) => pixels],
    ['one-image.npy', 1, (pixels: Uint8Array) => pixels],
    ['grey.npy', 4, grey],
    ['one-channel.npy', 4, grey],
  ])('makes images of %s that are read', async (name, count, pixelsOf) => {
    await converted(setFile(name));
    expect(await decoded(await openImages(join(folder, 'images.npy')))).toEqual(
      Array.from({ length: count }, (_, i) => pixelsOf(picture(i))),
    );
  });
});

describe.skipIf(!has('scipy') || !has('lmdb'))('the line of Python in a refusal', () => {
  it('makes images of a .mat', async () => {
    await converted(setFile('svhn.mat'));
    expect(await decoded(await openImages(join(folder, 'images.npy')))).toEqual([
      new Uint8Array(48),
      new Uint8Array(48),
    ]);
  });

  it('makes a tar of an LMDB of images', async () => {
    await converted(setFile('lsun'));
    const source = await openImages(join(folder, 'images.tar'));
    expect(source.names).toEqual(['00000000.webp']);
    expect(await decoded(source)).toEqual([picture(0)]);
  });
});
