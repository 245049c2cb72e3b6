import { createHash } from 'node:crypto';

/**
 * A line of a journal: a value and 64 bits of its hash, so that a changed bit is seen. The hash is of
 * the journal's header too: a line is of no use in another one.
 */
export function sealLine(value: unknown, header: string): string {
  const text = JSON.stringify(value);
  const hash = createHash('sha256').update(`${header}\n${text}`).digest('hex').slice(0, 16);
  return `{"hash":"${hash}","value":${text}}`;
}

/** The value of a line; undefined where it is torn, changed, or of another journal. */
export function openLine(line: string, header: string): unknown {
  try {
    const { value } = Object(JSON.parse(line));
    return sealLine(value, header) === line ? value : undefined;
  } catch {
    return undefined;
  }
}
