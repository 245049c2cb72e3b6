import { z } from 'zod';
import { StudyError } from '../errors.ts';

/**
 * Parses the JSON of a file.
 *
 * @param path of the file, for messages
 * @throws StudyError where the text is not JSON
 */
export function parseJson(text: string, path: string, hint: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StudyError(`${path} is not JSON: ${(cause as Error).message}`, hint, { cause });
  }
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
