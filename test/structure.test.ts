import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Import, importsOfSource, source } from './imports.ts';

/** From the top down. A room imports rooms of lower floors only; those of one floor do not meet. */
const floors: readonly (readonly string[])[] = [
  ['cli.ts'],
  ['commands'],
  ['index.ts', 'studies', 'view'],
  ['answers', 'sweep'],
  ['sides'],
  ['embeddings', 'estimators', 'surrogates'],
  ['generators'],
  ['draws', 'images', 'models', 'theory'],
  ['charts', 'downloads', 'jobs', 'metrics'],
  ['linalg', 'provenance', 'random', 'tables', 'torch'],
  ['arrays', 'kernels', 'onnx'],
  ['errors.ts'],
];

const imports = importsOfSource();
const roomOf = (module: string) => module.split('/')[0]!;
const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));
const shown = ({ from, to }: Import) => `${from} → ${to}`;

describe('src/', () => {
  it('has the rooms of this list and no others', () => {
    const rooms = readdirSync(source, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ts'))
      .map(({ name }) => name);
    expect(rooms.sort()).toEqual(floors.flat().sort());
  });

  it('imports in one direction, from an upper floor to a lower one', () => {
    expect(imports.length).toBeGreaterThan(1000);
    const upward = imports.filter(({ from, to }) => {
      const [room, other] = [roomOf(from), roomOf(to)];
      return room !== other && floorOf(room) >= floorOf(other);
    });
    expect(upward.map(shown)).toEqual([]);
  });

  it('has no circle of imports, types among them', () => {
    // Takes away modules that import nothing that is left, or that nothing left imports.
    let left: readonly Import[] = imports;
    for (let size = -1; size !== left.length; ) {
      size = left.length;
      const importers = new Set(left.map(({ from }) => from));
      const imported = new Set(left.map(({ to }) => to));
      left = left.filter(({ from, to }) => importers.has(to) && imported.has(from));
    }
    expect(left.map(shown)).toEqual([]);
  });
});
