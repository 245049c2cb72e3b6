import { COMPUTED, type Effect, effectKinds, effectOf, FOLLOWS } from './effects.ts';

/** A value that two manifests do not share. */
export interface Difference {
  /** Its place, such as `environment.cpu`. */
  readonly path: string;
  /** As JSON; undefined if the manifest has no such value. */
  readonly a: unknown;
  readonly b: unknown;
  readonly effect: Effect;
}

/**
 * The differences between two manifests of any kind, the most serious first.
 *
 * @param a a manifest as read from JSON
 */
export function differences(a: unknown, b: unknown): Difference[] {
  const found: Difference[] = [];
  compare(a, b, '', found);
  const rank = ({ effect }: Difference) => effectKinds.indexOf(effect.kind);
  return found.sort((x, y) => rank(x) - rank(y));
}

/** @param extracts whether the run extracted features */
function compare(a: unknown, b: unknown, path: string, found: Difference[], extracts = true): void {
  if (isRecord(a) && isRecord(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const place = path === '' ? name : `${path}.${name}`;
      const [left, right] = [a[name], b[name]];
      // If both name the images behind the features, the features' own hash follows from that.
      const isKnown = name === 'sha256' && isRecord(a.extracted) && isRecord(b.extracted);
      if (isKnown && left !== right)
        found.push({ path: place, a: left, b: right, effect: FOLLOWS });
      else {
        const ofExtraction = name === 'environment' ? isExtraction(a) || isExtraction(b) : extracts;
        compare(left, right, place, found, ofExtraction);
      }
    }
    return;
  }
  // A list is one value: names, sizes and seeds are meaningful only as a whole.
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  const effect = effectOf(path);
  const isOfExtraction = extracts || effect.factor === undefined;
  found.push({ path, a, b, effect: isOfExtraction ? effect : COMPUTED });
}

/** Features record how they were extracted; studies that extract record their baseline. */
function isExtraction(manifest: Readonly<Record<string, unknown>>): boolean {
  return 'extraction' in manifest || 'baseline' in manifest;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
