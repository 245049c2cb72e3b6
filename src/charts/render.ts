import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { diskError, makeFolder } from '../arrays/disk.ts';
import { writeWhole } from '../tables/files.ts';
import { FONT_FILES } from './font.ts';
import { printed } from './interaction.ts';
import { sceneOf } from './scene.ts';

/** Pixels of a PNG per px of its SVG: 288 dpi at the chart's own size. */
const SCALE = 3;

/** A chart and the name of its files. */
export interface NamedChart {
  readonly name: string;
  readonly spec: TopLevelSpec;
}

/** A chart's SVG, and where its files are. */
export interface RenderedChart {
  readonly name: string;
  readonly svg: string;
  /** The spec's description, for readers who do not see the chart. */
  readonly caption: string;
  /** `NAME.vl.json`, `NAME.svg`, `NAME.png`. */
  readonly paths: readonly string[];
}

/**
 * Writes each chart as spec, SVG and PNG; the same specs give the same bytes.
 *
 * @throws StudyError if the folder cannot be written
 */
export async function renderCharts(
  charts: readonly NamedChart[],
  dir: string,
): Promise<RenderedChart[]> {
  await makeFolder(dir).catch((error) => {
    throw diskError(error, dir);
  });
  const rendered: RenderedChart[] = [];
  for (const { name, spec } of charts) {
    const svg = await toSvg(spec);
    const files = [
      [`${name}.vl.json`, `${JSON.stringify(spec, null, 2)}\n`],
      [`${name}.svg`, `${svg}\n`],
      [`${name}.png`, await toPng(svg)],
    ] as const;
    const paths: string[] = [];
    for (const [file, content] of files) {
      const path = join(dir, file);
      await writeWhole(path, content);
      paths.push(path);
    }
    rendered.push({ name, svg, caption: spec.description ?? name, paths });
  }
  return rendered;
}

/** A spec as SVG, without a browser or canvas: the printed form, without tooltips. */
export async function toSvg(spec: TopLevelSpec): Promise<string> {
  const view = await sceneOf(printed(spec));
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** An SVG as PNG, with the package's own fonts only. */
export async function toPng(svg: string): Promise<Buffer> {
  const { Resvg } = await import('@resvg/resvg-js');
  return new Resvg(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: {
      fontFiles: Object.values(FONT_FILES),
      loadSystemFonts: false,
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  })
    .render()
    .asPng();
}
