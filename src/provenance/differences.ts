/** A value that two manifests do not share. */
export interface Difference {
  /** Where it stands, such as `environment.cpu`. */
  readonly path: string;
  /** As JSON; undefined where the manifest has no such value. */
  readonly a: unknown;
  readonly b: unknown;
  readonly effect: Effect;
}

/** What a difference can do to an FID. */
export interface Effect {
  readonly kind: EffectKind;
  /** Factor of the jitter study that tells by how much; none where it is not rounding. */
  readonly factor?: string;
  readonly reason: string;
}

/** From what makes two FIDs incomparable to what cannot move them. */
export const effectKinds = [
  'incomparable',
  'other data',
  'sampling',
  'rounding',
  'unknown',
  'result',
  'none',
] as const;
export type EffectKind = (typeof effectKinds)[number];

/**
 * What differs between two manifests of any kind, the gravest first.
 *
 * @param a a manifest as read from JSON
 */
export function differences(a: unknown, b: unknown): Difference[] {
  const found: Difference[] = [];
  compare(a, b, '', found);
  const rank = ({ effect }: Difference) => effectKinds.indexOf(effect.kind);
  return found.sort((x, y) => rank(x) - rank(y));
}

function compare(a: unknown, b: unknown, path: string, found: Difference[]): void {
  if (isRecord(a) && isRecord(b)) {
    for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
      compare(a[name], b[name], path === '' ? name : `${path}.${name}`, found);
    }
    return;
  }
  // Lists are one value: names, sizes and seeds mean something as a whole only.
  if (JSON.stringify(a) === JSON.stringify(b)) return;
  found.push({ path, a, b, effect: effectOf(path) });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value can do to an FID, by its place; the first that matches. */
const effects: readonly (readonly [RegExp, Effect])[] = [
  [
    /(^|\.)(path|command|title|names|key|experiment|header(\..*)?|notes|facts|selection\..*|reused\..*)$/,
    { kind: 'none', reason: 'a name, or a place' },
  ],
  [
    /(^|\.)(model|extractor)(\.(name|mode|sha256|dimension|comparable))?$|(^|\.)mode$/,
    { kind: 'incomparable', reason: 'another network or preprocessing: other features' },
  ],
  [
    /(^|\.)(images\.(sha256|count|skipped)|inputs\..*|sources?\..*|settings\.(source|reference|generated|images|force).*|rows|pool|reference_size)$/,
    { kind: 'other data', reason: 'other images or embeddings' },
  ],
  [
    /settings\.(sizes|seeds|study_seed|replacement|nested|exact_moments|limit|seed)$/,
    { kind: 'sampling', reason: 'other draws, or draws of other sizes' },
  ],
  [
    /(^|\.)extraction\.batchSize$/,
    { kind: 'rounding', factor: 'batch_size', reason: 'sums in another order' },
  ],
  [
    /(^|\.)extraction\.(threads|devices)$/,
    { kind: 'rounding', factor: 'threads', reason: 'sums in another order' },
  ],
  [
    /(^|\.)extraction\.deterministic$/,
    { kind: 'rounding', factor: 'workers', reason: 'bits were promised on one side only' },
  ],
  [
    /(^|\.)extraction\.provider$/,
    { kind: 'rounding', factor: 'provider', reason: 'kernels of another device' },
  ],
  [
    /environment\.(cpu|instructions|libraries\.onnxruntime-node)$/,
    { kind: 'rounding', factor: 'instructions', reason: 'kernels for other vector instructions' },
  ],
  [
    /environment\.libraries\.sharp$/,
    { kind: 'unknown', reason: 'another JPEG decoder may give other pixels' },
  ],
  [
    /environment\.(study|commit)$|(^|\.)format$/,
    { kind: 'unknown', reason: 'other code: see the changelog' },
  ],
  [
    /environment\.(node|system|os|cores|memoryBytes|libraries\..*)$/,
    {
      kind: 'none',
      reason: 'no number is computed by it, or its bits do not depend on it',
    },
  ],
  [
    /(^|\.)(features\.sha256|summary|sweep|estimand.*|fit.*|population.*|baseline.*)$/,
    { kind: 'result', reason: 'follows from what differs above' },
  ],
];

function effectOf(path: string): Effect {
  const found = effects.find(([pattern]) => pattern.test(path));
  return found?.[1] ?? { kind: 'unknown', reason: 'not known to this command' };
}
