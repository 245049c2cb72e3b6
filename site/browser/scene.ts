import * as vega from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';

/** As `src/charts/scene.ts`; expressions are interpreted, because the page's policy forbids to compile them. */
export async function sceneOf(spec: TopLevelSpec): Promise<vega.View> {
  const runtime = vega.parse(compile(structuredClone(spec)).spec, undefined, { ast: true });
  const refuse = () => Promise.reject(new Error('charts hold their data: nothing is loaded'));
  const loader = { ...vega.loader(), load: refuse, sanitize: refuse };
  const options = { renderer: 'none', loader, expr: expressionInterpreter };
  return new vega.View(runtime, options as vega.ViewOptions);
}
