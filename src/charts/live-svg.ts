import type { TopLevelSpec } from 'vega-lite';
import { printed } from './interaction.ts';
import { sceneOf } from './scene.ts';

/** What of Vega's scene is read here; its types leave it out. */
interface SceneItem {
  readonly items?: readonly SceneItem[];
  readonly tooltip?: unknown;
  description?: string;
}

/**
 * A chart as SVG whose marks carry the text of their tooltip: `N: 5,000; seed: 3; FID: 9.75…`, as
 * `aria-label` for those who cannot see, and as `data-tip` for the script of a report. A report needs no
 * copy of Vega this way.
 */
export async function toLiveSvg(spec: TopLevelSpec): Promise<string> {
  const view = await sceneOf(printed(spec, 'tooltips'));
  try {
    await view.runAsync();
    // Vega's types leave out the root of a scene.
    describe((view.scenegraph() as unknown as { readonly root: SceneItem }).root);
    return withTips(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/** Marks a text as that of a tooltip: no description of Vega's own begins so. */
const MARK = '\u2063';

function describe(item: SceneItem): void {
  const text = tooltipText(item.tooltip);
  if (text !== '') item.description = MARK + text;
  for (const each of item.items ?? []) describe(each);
}

/** `N: 5,000; FID: 9.75`, or the text itself. */
function tooltipText(tooltip: unknown): string {
  if (typeof tooltip === 'string') return tooltip;
  return Object.entries(Object(tooltip))
    .filter(([, value]) => value !== 'undefined' && value !== 'null')
    .map(([title, value]) => `${title}: ${value}`)
    .join('; ');
}

function withTips(svg: string): string {
  return (
    svg
      .replaceAll(new RegExp(`aria-label="${MARK}([^"]*)"`, 'g'), 'aria-label="$1" data-tip="$1"')
      // A symbol without a name, such as a sign of the key, is nothing to a reader of the page.
      .replaceAll(/<[a-z]+ (?![^>]*aria-label=)[^>]*>/g, (tag) =>
        tag.replace(/ role="graphics-symbol" aria-roledescription="[^"]*"/, ''),
      )
  );
}
