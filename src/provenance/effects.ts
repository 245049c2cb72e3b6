/** What a difference can do to an FID. */
export interface Effect {
  readonly kind: EffectKind;
  /** Factor of the jitter study that measured its size; absent if it is not rounding. */
  readonly factor?: string;
  /** How the jitter study varied that factor, if not in the same way. */
  readonly seen?: string;
  readonly reason: string;
}

/** From effects that make two FIDs incomparable to those that cannot move them. */
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

/** What differences of each kind can do, above a list of them. */
export const headings: Readonly<Record<EffectKind, string>> = {
  incomparable: 'makes the two FIDs incomparable',
  'other data': 'moves FID: other data',
  sampling: 'moves FID by the sampling error',
  rounding: 'moves FID by rounding',
  unknown: 'may move FID by an unknown amount',
  result: 'follows from the above',
  none: 'does not move FID',
};

/** For a machine on which nothing was extracted: effects on extraction do not apply. */
export const COMPUTED: Effect = {
  kind: 'rounding',
  reason: 'sums in another order; nothing was extracted here',
};

/** For values computed from other values of the manifest. */
export const FOLLOWS: Effect = { kind: 'result', reason: 'follows from what differs above' };

const none = (reason: string): Effect => ({ kind: 'none', reason });
const data = (reason: string): Effect => ({ kind: 'other data', reason });
const unknown = (reason: string): Effect => ({ kind: 'unknown', reason });
const rounding = (factor: string, reason: string): Effect => ({ kind: 'rounding', factor, reason });

/** What a value can do to an FID, by its place in the manifest; the first match counts. */
const effects: readonly (readonly [RegExp, Effect])[] = [
  [
    /(^|\.)(path|command|title|names(\..*)?|passed_over|key|experiment|header(\..*)?|notes|facts|selection\..*|reused\..*)$/,
    none('a name, or a place'),
  ],
  [
    /(^|\.)surrogate\.(name|description|published|calibration(\..*)?)$/,
    none('names the origin of the numbers of the surrogate'),
  ],
  [/^study$/, { kind: 'incomparable', reason: 'another kind of study' }],
  [
    /(^|\.)(model|extractor)(\.(name|mode|sha256|dimension|comparable|settings(\..*)?))?$|(^|\.)(mode|comparable)$|^dimension$/,
    { kind: 'incomparable', reason: 'another network or preprocessing: other features' },
  ],

  // How features were extracted, wherever it stands.
  [
    /(^|\.)extraction\.mixed$/,
    rounding('instructions', 'rows of several machines or settings on one side'),
  ],
  [/(^|\.)extraction\.batchSize$/, rounding('batch_size', 'sums in another order')],
  [/(^|\.)extraction\.(threads|devices)$/, rounding('threads', 'sums in another order')],
  [
    /(^|\.)extraction\.deterministic$/,
    rounding('workers', 'only one side was extracted with --deterministic'),
  ],
  [/(^|\.)extraction\.tf32$/, rounding('tf32', 'products of 10 bits, coarser than other rounding')],
  [/(^|\.)extraction\.provider$/, rounding('provider', 'kernels of another device')],
  [
    /(^|\.)environment\.(cpu|instructions)$/,
    {
      ...rounding('instructions', 'kernels for other vector instructions'),
      // Other differences between processors were not measured.
      seen: 'with AVX hidden on one CPU',
    },
  ],
  [
    /(^|\.)environment\.libraries\.onnxruntime-node$/,
    unknown('another version may compute otherwise'),
  ],
  [/(^|\.)extracted$/, unknown('one side does not say how its features were extracted')],

  // The machine and the code.
  [/(^|\.)environment\.libraries\.sharp$/, unknown('another JPEG decoder may give other pixels')],
  [
    /(^|\.)environment\.libraries\.seedrandom$/,
    unknown('it makes every draw, and another version may draw differently'),
  ],
  [
    /(^|\.)environment\.libraries\.(vega|vega-lite|@resvg\/resvg-js|dejavu-fonts-ttf|@blazediff\/ssim)$/,
    none('draws charts, or computes SSIM'),
  ],
  [
    /(^|\.)environment\.libraries\.(csv-stringify|yazl|protobufjs)$/,
    none('writes files whose values are read back unchanged'),
  ],
  [
    /(^|\.)environment\.libraries\.ml-matrix$/,
    { kind: 'rounding', reason: 'weights of the fits in 1/N, to the last digits' },
  ],
  [/(^|\.)environment\.libraries\..*$/, unknown('a library that this command does not know')],
  [/(^|\.)environment\.(study|commit)$|(^|\.)format$/, unknown('other code: see the changelog')],
  [
    /(^|\.)environment\.(node|system|os|cores|memoryBytes)$/,
    none('it computes no number, or the bits do not depend on it'),
  ],

  [
    /^machines$/,
    rounding('instructions', 'made by other machines, which may round in another order'),
  ],

  // What the experiment asks for.
  [
    /^settings\.(metric(\..*)?|timings|estimand|grids|methods|force|lpips|scipy|dimensions|extraction(\.(batch_sizes|networks))?)$|^inputs\.lpips$/,
    none('chooses what is measured, but moves no FID'),
  ],
  [
    /^settings\.(draws|pairs|repetitions|real\.orders|size|real\.reference\.rows|sampling_seeds|study_seed|replacement|nested|exact_moments|rows|bias_sizes|reference_sizes|(surrogate\.)?reference_rows|claim\.(few|many)|curves|kid\.(rows|block)|(.*\.)?(limit|seed|seeds|sizes))$/,
    { kind: 'sampling', reason: 'other draws, or draws of other sizes' },
  ],
  [
    /^settings\.(mechanisms|references|generated|mixtures|dimension|stands_for|exponents?|tails|worse|corruption|(real\.)?corrupted(\.corruptions)?|surrogate\.definition(\..*)?)$/,
    data('other images or embeddings'),
  ],
  [
    /^settings\.((.*\.)?(images|glob|reference|source|labels)|generated|pool|entry(\..*)?)$/,
    data('other images or embeddings, unless the inputs have the same hashes'),
  ],
  [/^precision$/, rounding('precision', 'products of single precision, or of double')],

  // The inputs.
  [/^published$/, none('what others have reported')],
  [/^report(\..*)?$/, data('another published report')],
  [/^inputs\.scipy(\..*)?$/, none('computes only the rows of SciPy')],
  [
    /^inputs\.(.*\.)?(reference|generated|pool)\.sha256$/,
    unknown('other images, or the same ones extracted in another way'),
  ],
  [
    /(^|\.)images\.(sha256|count|skipped|origin(\..*)?)$|^(reference|generated)\.skipped$|^(inputs|sources?)\..*$|^(rows|pool|reference_size)$/,
    data('other images or embeddings'),
  ],
  [
    /(^|\.)features\.sha256$|^(summary|answer|sweep|reported_gap|(estimand|fit|metrics|population|baseline|errors|files)(\..*)?|seal)$/,
    FOLLOWS,
  ],

  // What `study estimate` writes: its numbers and its sides.
  [
    /^(fid|fid_se|bias|reference_bias|recommended|reliable|odd_rows|plug_in|methods|failures)$|^(fid_infinity|constant|kid)(\..*)?$/,
    FOLLOWS,
  ],
  [/^(num_gen|num_ref)$/, { kind: 'sampling', reason: 'other numbers of images' }],
  [
    /^(reference|generated)\.(sha256|kind|rows)$|^labels(\..*)?$/,
    data('other images or embeddings'),
  ],
  [
    /^(reference|generated)\.(dimension|extractor(\..*)?)$/,
    { kind: 'incomparable', reason: 'another network or preprocessing: other features' },
  ],
];

/** The effect of a value at this place of a manifest. */
export function effectOf(path: string): Effect {
  const found = effects.find(([pattern]) => pattern.test(path));
  return found?.[1] ?? unknown('not known to this command');
}
