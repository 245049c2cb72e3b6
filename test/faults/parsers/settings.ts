import { isDeepStrictEqual } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import { parseJson } from '../../../src/arrays/json.ts';
import {
  type GeneratorDescription,
  generatorFormat,
  largestLatent,
  parseGenerator,
} from '../../../src/generators/description.ts';
import { parseCorruptions } from '../../../src/images/corruption.ts';
import { sharedAlgebra } from '../../../src/linalg/fast.ts';
import { descriptionFormat, parseDescription } from '../../../src/models/custom/description.ts';
import { exportedLiteral } from '../../../src/models/javascript-literal.ts';
import { parseSurrogate, resolveSurrogate } from '../../../src/surrogates/load.ts';
import type { Surrogate } from '../../../src/surrogates/surrogate.ts';
import { parseSettings, type SweepSettings } from '../../../src/sweep/settings.ts';
import { parseSizes } from '../../../src/sweep/sizes.ts';
import { parseCount } from '../../../src/tables/count-text.ts';
import { parser } from './parser.ts';

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const marks = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  'null',
  'true',
  '[]',
  '{}',
  '""',
  '"a":1',
  '-',
].concat('1e400', '"__proto__":{}', '0.5', '\\u0000', '//');

const isAscending = (values: readonly number[]) =>
  values.every((value, i) => Number.isSafeInteger(value) && value > (values[i - 1] ?? 0));

export const settings = parser<SweepSettings>({
  name: 'settings of a sweep',
  thousands: [5, 300],
  files: [
    json({ source: 'cifar10-cfm', sizes: [5000, 50000], seeds: 10, estimand: 'population' }),
    json({ source: 'small.json', sizes: '100:5000:log7', seeds: 3, exact_moments: true }),
    json({ reference: 'a.npy', generated: 'b.npy', sizes: [30, 70], seeds: [1, 2], labels: 'l' }),
  ],
  words: [...marks, '"seeds":', '"sizes":', '"nested":', '"100:200:lin3"'],
  read: (bytes) => parseSettings(parseJson(bytes.toString(), 'x.json', 'a hint')),
  wrong(read, bytes) {
    const given = JSON.parse(bytes.toString());
    for (const [name, value] of Object.entries(given)) {
      if (typeof value === 'object' || ['sizes', 'seeds', 'nested'].includes(name)) continue;
      if (read[name as keyof SweepSettings] !== value) return `another ${name}`;
    }
    if (!isAscending(read.sizes)) return `sizes ${read.sizes}`;
    if (Array.isArray(given.sizes) && given.sizes.length !== read.sizes.length)
      return 'other sizes';
    if (Array.isArray(given.seeds) && !isDeepStrictEqual(given.seeds, read.seeds))
      return 'other seeds';
    if (typeof given.seeds === 'number' && given.seeds !== read.seeds.length) return 'other seeds';
    return read.sizes.length * read.seeds.length <= 100_000 ? undefined : 'too many draws';
  },
});

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

export const surrogate = parser<Surrogate>({
  name: 'surrogate',
  thousands: [3, 400],
  files: [
    json({
      name: 'small',
      dimension: 12,
      reference: { kind: 'power-law', exponent: 1, trace: 4 },
      generated: { kind: 'discrepancy', mean_term: 0.1, covariance_term: 0.1, exponent: 1 },
    }),
    json({
      name: 'listed',
      dimension: 3,
      reference: { kind: 'eigenvalues', values: [3, 2, 0.5] },
      generated: { kind: 'eigenvalues', values: [2.5, 2, 1], offset: [0.1, 0, -0.2] },
      published: [{ size: 5000, fid: 3.4, label: 'a paper', url: 'https://example.org' }],
    }),
  ],
  words: [...marks, '"same"', '"eigenvalues"', '"offset":', '"dimension":', '16384'],
  read: (bytes) =>
    resolveSurrogate(parseSurrogate(bytes.toString(), 'x.json'), '/nowhere', sharedAlgebra()),
  wrong({ population, definition }) {
    const { distance, traceReference, traceGenerated, traceSqrt } = population;
    if (![distance, traceReference, traceGenerated, traceSqrt].every(Number.isFinite))
      return 'not finite';
    const { reference, generated } = definition;
    if (reference.kind !== 'eigenvalues' || generated.kind !== 'eigenvalues') return undefined;
    const roots = reference.values.map(
      (q, i) => (Math.sqrt(q) - Math.sqrt(generated.values[i]!)) ** 2,
    );
    const fid = sum(roots) + sum((generated.offset ?? []).map((value) => value ** 2));
    return Math.abs(fid - distance) <= 1e-9 * (1 + Math.abs(fid))
      ? undefined
      : `FID ${distance} for ${fid}`;
  },
});

export const description = parser({
  name: 'description of a network',
  thousands: [5, 500],
  files: [
    json({
      format: descriptionFormat,
      input: { name: 'pixels', layout: 'NCHW', colors: 'BGR' },
      resize: { shortest: 32, filter: 'pillow-bicubic' },
      crop: [28, 24],
      scaling: { divisor: 255, mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.1] },
      output: { name: 'tokens', pooling: 'cls', normalize: true, dimension: 5 },
    }),
    json({
      format: descriptionFormat,
      input: { name: 'a', layout: 'NHWC' },
      output: { name: 'b' },
    }),
  ],
  words: [...marks, '"size":', '"crop":', '"NCHW"', '"none"', '8192'],
  read: (bytes) => parseDescription(bytes.toString(), 'x.json'),
  wrong(read, bytes) {
    const { crop, resize, scaling, output } = read;
    const given = JSON.parse(bytes.toString());
    if (given.input.name !== read.input.name || given.output.name !== output.name)
      return 'other names';
    if (!isDeepStrictEqual(parseDescription(JSON.stringify(read), 'x.json'), read))
      return 'not stable';
    const [tall, wide] = resize?.size ?? [resize?.shortest ?? 0, resize?.shortest ?? 0];
    if (crop && (crop[0] > tall || crop[1] > wide)) return 'too large a crop';
    const scales = scaling ? [scaling.divisor, ...scaling.mean, ...scaling.std] : [];
    return scales.every(Number.isFinite) ? undefined : 'not finite';
  },
});

export const generatorDescription = parser<GeneratorDescription>({
  name: 'description of a generator',
  thousands: [5, 300],
  files: [
    json({
      format: generatorFormat,
      latent: { name: 'z', shape: [4, 2, 2], distribution: 'truncated', bound: 2, std: 0.5 },
      classes: { name: 'y', count: 10, labels: 'balanced' },
      output: { name: 'images', layout: 'NHWC', range: [-1, 1], size: [32, 48] },
      batch: 8,
    }),
    json({
      format: generatorFormat,
      latent: { name: 'z', shape: [], distribution: 'uniform', low: -1, high: 1 },
      output: { name: 'images' },
    }),
  ],
  words: [...marks, '"unit"', '"random"', '8192', '1e9', '"batch":', '"high":', '16777216'],
  read: (bytes) => parseGenerator(bytes.toString(), 'x.json'),
  wrong(read) {
    const { latent, output, classes, batch } = read;
    // −0 is 0 in JSON, and in the key of the cache.
    const again = parseGenerator(JSON.stringify(read), 'x.json');
    if (JSON.stringify(again) !== JSON.stringify(read)) return 'not stable';
    if (latent.shape.reduce((all, each) => all * each, 1) > largestLatent) return 'a large latent';
    const numbers = [
      ...(output.range ?? []),
      ...(output.size ?? []),
      batch ?? 1,
      classes?.count ?? 2,
    ];
    return numbers.every(Number.isFinite) ? undefined : 'not finite';
  },
});

const nothing = createContext(Object.freeze({}));

export const literal = parser({
  name: 'javascript literal',
  thousands: [10, 600],
  files: [
    'a.exports={layers:[{name:"conv",size:3,on:!0,off:!1,none:null}],"x":-1.5e-3,y:[]};',
    'module.exports=[1,.5,2.,"text \\n \\u00e9",[[]],{},{1:true,a$:false}];',
  ].map((text) => Buffer.from(text)),
  words: [...marks, '!0', '!1', '.exports=', '__proto__', 'a()', 'new ', '1.', '.5', '0x1', '08'],
  read: (bytes) => exportedLiteral(bytes.toString()),
  // V8 reads it otherwise only where it cannot read all that follows.
  wrong(value, bytes) {
    const text = bytes.toString();
    const start = /\.exports=(?=[{["])/.exec(text)!;
    const code = text.slice(start.index + start[0].length);
    let other: unknown;
    try {
      const program = `(() => { let x; x=${code}; return JSON.stringify(x); })()`;
      other = runInContext(program, nothing, { timeout: 1000 });
    } catch {
      return undefined;
    }
    return other === JSON.stringify(value) ? undefined : `${JSON.stringify(value)} for ${other}`;
  },
});

export const sizes = parser<number[]>({
  name: 'list of sizes',
  thousands: [10, 1500],
  files: ['100:5000:log7', '100:5000:lin3', '1000,5000,50000'].map((text) => Buffer.from(text)),
  words: [',', ':', 'log', 'lin', ' ', '-', '.', 'e'],
  read: (bytes) => parseSizes(bytes.toString()),
  wrong(read, bytes) {
    const text = bytes.toString();
    if (!isAscending(read)) return `sizes ${read}`;
    if (text.includes(':')) return undefined;
    const given = text
      .split(',')
      .map((each) => parseCount(each)!)
      .sort((a, b) => a - b);
    return isDeepStrictEqual(given, read) ? undefined : `${read} for ${text}`;
  },
});

export const corruptions = parser({
  name: 'corruptions',
  thousands: [10, 1200],
  files: ['jpeg:75', 'blur:1.5', 'jpeg:30+noise:10@7', 'blur:0.5+noise:4'].map((text) =>
    Buffer.from(text),
  ),
  words: ['+', ':', '@', 'jpeg', 'blur', 'noise', '-', '.'],
  read: (bytes) => parseCorruptions(bytes.toString()),
  wrong(read) {
    const numbers = JSON.stringify(read).match(/-?\d[\d.e+-]*/g) ?? [];
    return numbers.every((text) => Number.isFinite(Number(text)))
      ? undefined
      : JSON.stringify(read);
  },
});
