import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { compile, type TopLevelSpec } from 'vega-lite';

const require = createRequire(import.meta.url);
const schema = JSON.parse(readFileSync(require.resolve('vega-lite/vega-lite-schema.json'), 'utf8'));
const ajv = new Ajv({ strict: false });
formats.default(ajv);
ajv.addFormat('color-hex', /^#[0-9a-f]{6}$/i);
const validate = ajv.compile(schema);

/** What Vega-Lite's JSON schema holds against a spec. */
export function schemaErrors(spec: unknown): readonly object[] {
  return validate(spec) ? [] : (validate.errors ?? []);
}

/** What Vega-Lite warns of as it compiles a spec. */
export function compileWarnings(spec: TopLevelSpec): unknown[] {
  const said: unknown[] = [];
  const say = (...message: readonly unknown[]) => {
    said.push(message);
    return logger;
  };
  const logger = {
    level: () => logger,
    error: say,
    warn: say,
    info: () => logger,
    debug: () => logger,
  };
  compile(spec, { logger: logger as never });
  return said;
}
