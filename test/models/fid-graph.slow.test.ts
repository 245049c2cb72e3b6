import { readdir, readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { fidGraph } from '../../src/models/fid-graph.ts';
import { type FidMode, fidModes } from '../../src/models/fid-preprocessing.ts';
import type { StateDict } from '../../src/torch/state-dict.ts';
import { readWeights } from '../../src/torch/weights.ts';
import { golden, lacksGolden } from '../golden.ts';
import {
  type Difference,
  differences,
  lastRows,
  type Picture,
  worstOf,
} from './feature-differences.ts';
import { givesFeatures } from './hashed-modes.ts';

const WEIGHTS = 'fid-inception-synthetic.pth.gz';

describe('the FID Inception of hashed weights', () => givesFeatures(['legacy_pytorch', 'clean']));

describe.skipIf(lacksGolden(WEIGHTS, 'images'))(
  'the FID Inception of weights that PyTorch wrote',
  () => {
    let known: StateDict | undefined;
    async function weights(): Promise<StateDict> {
      known ??= await readWeights(gunzipSync(await readFile(golden(WEIGHTS))));
      return known;
    }

    async function decoded(name: string): Promise<Picture> {
      const raw = sharp(golden(`images/${name}`))
        .removeAlpha()
        .raw();
      const { data, info } = await raw.toBuffer({ resolveWithObject: true });
      return { name, height: info.height, width: info.width, data: new Uint8Array(data) };
    }

    const found = new Map<FidMode, Difference[]>();

    it.each(fidModes)(
      "gives pytorch-fid's features in the mode %s",
      async (mode) => {
        const names = (await readdir(golden('images'))).sort();
        const pictures = await Promise.all(names.map(decoded));
        const expected = await lastRows(golden(`features-${mode}.npy`), names.length);
        const graph = fidGraph(await weights(), mode, {});
        found.set(mode, await differences(graph, pictures, expected));
        expect(worstOf(found.get(mode)!)).toBeLessThan(2e-5);
      },
      180_000,
    );

    // The rows of the table in docs/parity.md.
    afterAll(() => {
      const columns = fidModes.flatMap((mode) => found.get(mode) ?? []);
      const rows = found.get(fidModes[0])?.map(({ name, height, width }) => {
        const same = columns.filter((each) => each.name === name);
        const numbers = same.flatMap(({ largest, mean }) => [largest, mean]);
        const cells = numbers.map((value) => value.toExponential(1));
        return `| ${[name.replace(/\.png$/, ''), `${width} × ${height}`, ...cells].join(' | ')} |`;
      });
      console.log(rows?.join('\n'));
    });
  },
);
