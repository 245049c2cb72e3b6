import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepCharts } from '../../src/charts/draw.ts';
import { FONT_FILES } from '../../src/charts/font.ts';
import { renderCharts, toPng, toSvg } from '../../src/charts/render.ts';
import { SHAPES } from './fixtures.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charts-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('rendering', () => {
  it('writes spec, SVG and PNG of each chart, the same bytes each time', async () => {
    const charts = sweepCharts(SHAPES.pair);
    const first = await renderCharts(charts, join(folder, 'a'));
    await renderCharts(charts, join(folder, 'b'));
    const names = ['bias-and-se', 'fid-against-inverse-n', 'fid-against-n'].flatMap((name) => [
      `${name}.png`,
      `${name}.svg`,
      `${name}.vl.json`,
    ]);
    expect((await readdir(join(folder, 'a'))).sort()).toEqual(names);
    expect(first.flatMap(({ paths }) => paths).sort()).toEqual(
      names.map((name) => join(folder, 'a', name)),
    );
    for (const name of names) {
      const [a, b] = await Promise.all(['a', 'b'].map((dir) => readFile(join(folder, dir, name))));
      expect(a?.equals(b!), name).toBe(true);
    }
    const spec = JSON.parse(await readFile(join(folder, 'a', 'fid-against-n.vl.json'), 'utf8'));
    expect(spec).toEqual(charts[0]?.spec);
  });

  it('gives a PNG of three times the size of the SVG, with something on it', async () => {
    const svg = await toSvg(sweepCharts(SHAPES.pair)[0]!.spec);
    const png = await toPng(svg);
    expect(png.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    const { width, height } = await sharp(png).metadata();
    expect(svg).toContain(`width="${width / 3}" height="${height / 3}"`);
    const { channels } = await sharp(png).stats();
    expect(Math.min(...channels.slice(0, 3).map(({ stdev }) => stdev))).toBeGreaterThan(5);
  });

  it('fits one column of a paper', async () => {
    for (const { spec } of sweepCharts(SHAPES.many)) {
      const width = Number(/ width="(\d+)"/.exec(await toSvg(spec))?.[1]);
      expect(width).toBeGreaterThan(290);
      expect(width).toBeLessThanOrEqual(320);
    }
  });

  it.each(Object.entries(SHAPES))('clips no text at the edges of %s', async (_shape, data) => {
    for (const { spec } of sweepCharts(data)) {
      const svg = await toSvg(spec);
      // Without the white ground, the box is that of what is drawn.
      const drawing = new Resvg(svg.replace(/<rect [^>]*fill="white"\/?>(<\/rect>)?/, ''), {
        font: { fontFiles: Object.values(FONT_FILES), loadSystemFonts: false },
      });
      const box = drawing.getBBox();
      expect(box).toBeDefined();
      expect(box!.x).toBeGreaterThanOrEqual(0);
      expect(box!.y).toBeGreaterThanOrEqual(0);
      expect(box!.x + box!.width).toBeLessThanOrEqual(drawing.width);
      expect(box!.y + box!.height).toBeLessThanOrEqual(drawing.height);
    }
  });
});
