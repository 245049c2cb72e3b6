import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatNpyHeader } from '../../src/arrays/npy-header.ts';
import { writeNpz } from '../../src/arrays/npz.ts';
import { readLabels } from '../../src/sides/labels.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
const at = (name: string, data: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, data);
  return path;
};

describe('readLabels', () => {
  it('reads a label a line, a .npy, and the arr_1 of an .npz, to the same classes', async () => {
    const text = at('labels.txt', 'cat\ndog\r\ncat\nowl\n');
    const values = Uint8Array.of(3, 7, 3, 9);
    const npy = at('labels.npy', Buffer.concat([formatNpyHeader('u1', [4]), values]));
    const npz = join(folder, 'labels.npz');
    await writeNpz(npz, { arr_1: { shape: [4], values } });
    for (const path of [text, npy, npz]) {
      const labels = await readLabels(path, 4);
      expect([...labels.classes]).toEqual([0, 1, 0, 2]);
      expect(labels).toMatchObject({ path, count: 3, smallest: 1, largest: 2 });
    }
    const [a, b] = [await readLabels(npy, 4), await readLabels(npz, 4)];
    expect(a.sha256).toBe(b.sha256);
  });

  it('refuses another number of labels, an empty line, one class, fractions and no file', async () => {
    const two = at('two.txt', 'a\nb');
    await expect(readLabels(two, 3)).rejects.toThrow(`${two} has 2 labels for 3 images`);
    await expect(readLabels(at('gap.txt', 'a\n\nb\n'), 3)).rejects.toThrow('no label in line 2');
    await expect(readLabels(at('one.txt', 'a\na\n'), 2)).rejects.toThrow('one class only');
    const half = new Uint8Array(Float32Array.of(1, 0.5).buffer);
    const fractions = at('half.npy', Buffer.concat([formatNpyHeader('f4', [2]), half]));
    await expect(readLabels(fractions, 2)).rejects.toThrow('holds 0.5, not a label');
    await expect(readLabels(join(folder, 'none.txt'), 2)).rejects.toThrow('none.txt');
  });
});
