import { z } from 'zod';
import { StudyError } from '../errors.ts';

/** Deeper than any file of ours: whatever walks a value must not run out of stack. */
const DEEPEST = 100;

/**
 * Parses the JSON of a file.
 *
 * @param path of the file, for messages
 * @throws StudyError if the text is not JSON, or nests deeper than any of ours
 */
export function parseJson(text: string, path: string, hint: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new StudyError(`${path} is not JSON: ${(cause as Error).message}`, hint, { cause });
  }
  if (depthOf(text) <= DEEPEST) return value;
  throw new StudyError(`${path} nests lists and objects more than ${DEEPEST} deep`, hint);
}

/** How deep brackets nest outside strings, in valid JSON. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const mark = text[at];
    if (mark === '"') inString = !inString;
    else if (inString) {
      if (mark === '\\') at++;
    } else if (mark === '{' || mark === '[') deepest = Math.max(deepest, ++depth);
    else if (mark === '}' || mark === ']') depth--;
  }
  return deepest;
}

/** Settings without `$schema`, by which an editor finds what they may be. */
export function withoutSchema<Value>(json: Value): Value {
  if (typeof json !== 'object' || json === null || !('$schema' in json)) return json;
  const { $schema: _, ...settings } = json;
  return settings as Value;
}

/**
 * `JSON.parse` takes the last of two values of one key.
 *
 * @param json valid
 * @throws StudyError for a key that comes twice in an object
 */
export function requireSingleKeys(json: string, path: string, hint: string): void {
  const open: (Set<string> | null)[] = [];
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, token.lastIndexOf('"') + 1)) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) {
        throw new StudyError(`${path} has the key ${JSON.stringify(key.slice(0, 80))} twice`, hint);
      }
      keys?.add(key);
    }
  }
}

/**
 * An object of a file's JSON.
 *
 * @param wrong what to say of another value, such as `x.json is no manifest`
 * @throws StudyError if the value is a list, a number, null, …
 */
export function objectOf(
  value: unknown,
  wrong: string,
  hint: string,
): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  throw new StudyError(`${wrong}, but ${kind}`, hint);
}

/**
 * A value as a schema reads it.
 *
 * @param wrong what to say of a value that does not hold, such as `x.json is no experiment`
 * @throws StudyError naming the fields that do not hold
 */
export function checked<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
  wrong: string,
  hint: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StudyError(`${wrong}: ${problems(parsed.error)}`, hint);
}

/** Problems named in a message; one mistake in a list can make thousands. */
const MOST = 3;

/** The fields that do not hold, on one line: `seeds: Too small…; sizes.0: Invalid input…`. */
export function problems({ issues }: z.ZodError): string {
  const named = issues.slice(0, MOST).map(({ path, message }) => {
    return path.length === 0 ? message : `${z.core.toDotPath(path)}: ${message}`;
  });
  const more = issues.length > MOST ? [`and ${issues.length - MOST} more`] : [];
  return [...named, ...more].join('; ');
}
