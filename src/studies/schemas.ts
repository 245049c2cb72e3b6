import { z } from 'zod';
import { generatorSchema } from '../generators/description.ts';
import { descriptionSchema } from '../models/custom/description.ts';
import { surrogateSchema } from '../surrogates/schema.ts';
import { settingsSchema } from '../sweep/settings.ts';
import { headerSchema } from './experiment.ts';
import { kinds } from './registry.ts';

/**
 * JSON Schemas of every file of settings that a user writes, by the name of their file in schemas/: what an
 * editor needs to complete and to check them. They say less than the commands check, which know how settings
 * depend on each other.
 */
export function jsonSchemas(): Readonly<Record<string, object>> {
  return {
    'sweep.json': schemaOf(settingsSchema, 'Settings of study sweep --config'),
    'surrogate.json': schemaOf(surrogateSchema, 'A surrogate: study sweep --source FILE'),
    'extractor.json': schemaOf(descriptionSchema, 'A network of your own: docs/custom-models.md'),
    'generator.json': schemaOf(generatorSchema, 'A generator: docs/generators.md'),
    ...Object.fromEntries(
      kinds.map(({ name, summary, settings }) => [
        `experiment-${name}.json`,
        experimentSchema(name, summary, settings),
      ]),
    ),
  };
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

function schemaOf(schema: z.ZodType, title: string): JsonSchema {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  // What an editor reads, and nothing else does: it may stand in any file of settings.
  const properties = { $schema: { type: 'string' }, ...json.properties };
  return { ...json, ...{ title }, properties };
}

/** The settings of a kind of study within its experiment. */
function experimentSchema(name: string, summary: string, settings: z.ZodType): object {
  const { properties, required = [], ...rest } = schemaOf(settings, `An experiment: ${summary}`);
  const { $schema: _, ...header } = z.toJSONSchema(headerSchema, { io: 'input' });
  return {
    ...rest,
    properties: {
      ...properties,
      study: { const: name },
      experiment: { type: 'string', minLength: 1 },
      header,
    },
    // A sweep is what an experiment is if it does not say.
    required: [...(name === 'sweep' ? [] : ['study']), 'header', ...required],
  };
}
