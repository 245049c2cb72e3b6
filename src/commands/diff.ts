import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { diskError } from '../arrays/disk.ts';
import { objectOf, parseJson } from '../arrays/json.ts';
import { readText } from '../arrays/regular-file.ts';
import { featuresName } from '../embeddings/manifest.ts';
import { openEmbeddings } from '../embeddings/open.ts';
import { type Difference, differences } from '../provenance/differences.ts';
import { effectKinds, headings } from '../provenance/effects.ts';
import { checkSeal, checkTables } from '../provenance/manifest.ts';
import { featureChange } from '../studies/jitter/features.ts';
import { distanceNames } from '../studies/jitter/measures.ts';
import { largestChange } from '../studies/jitter/rows.ts';
import { type JitterRow, readJitter } from '../tables/jitter.ts';

interface DiffFlags {
  readonly json?: boolean;
  readonly jitter?: string;
}

/** `study diff`: what differs between two results, and which differences can move FID. */
export function diffCommand(): Command {
  return new Command('diff')
    .description('list the differences between two results, and by how much each can move FID')
    .argument('<a>', 'a manifest.json, or its folder')
    .argument('<b>', 'the other one')
    .option('--jitter <file>', 'jitter.csv of your own machine (default: the one in the package)')
    .option('--json', 'print JSON')
    .addHelpText('after', help)
    .action(diff);
}

const help = `
The manifests may be of features, sweeps or studies. If both describe features of the same images,
the features are compared too. The effect of rounding comes from results/jitter, or from a run of
study jitter on your own machine.`;

async function diff(a: string, b: string, flags: DiffFlags): Promise<void> {
  const [first, second] = [await readManifest(a), await readManifest(b)];
  const found = differences(first.json, second.json);
  const rows = await jitterOf(flags.jitter);
  const features = await compareFeatures(first, second);
  const report = { differences: found.map((each) => withAmount(each, rows)), features };
  if (flags.json) return console.log(JSON.stringify(report, null, 2));
  for (const line of linesOf(report)) console.log(line);
}

interface Read {
  readonly folder: string;
  readonly json: Readonly<Record<string, unknown>>;
}

async function readManifest(path: string): Promise<Read> {
  const found = await stat(path).catch((error) => {
    throw diskError(error, path);
  });
  const file = found.isDirectory() ? join(path, 'manifest.json') : path;
  const text = await readText(file).catch((error) => {
    throw diskError(error, file);
  });
  const hint = 'name a manifest.json';
  const json = objectOf(parseJson(text, file, hint), `${file} is no manifest`, hint);
  checkSeal(json, file, 'restore it, or run the same command again to write it');
  return { folder: dirname(file), json };
}

async function jitterOf(path: string | undefined): Promise<readonly JitterRow[]> {
  // The same relative path from src/commands and from dist/commands; the package may lack the file.
  const ours = fileURLToPath(new URL('../../results/jitter/jitter.csv', import.meta.url));
  if (path !== undefined) {
    await checkTables(dirname(path), [basename(path)]);
    return readJitter(path);
  }
  return existsSync(ours) ? readJitter(ours) : [];
}

type Amount = Difference & {
  /** Largest relative change of FID that the jitter study saw; null if it did not test this. */
  readonly relative: number | null;
};

function withAmount(difference: Difference, rows: readonly JitterRow[]): Amount {
  const { factor } = difference.effect;
  const of = (row: JitterRow) => row.factor === factor;
  const relative =
    factor === undefined ? null : largestChange(rows, distanceNames, of, 'relative_change');
  return { ...difference, relative };
}

/** How far two feature files of the same images differ; null if they cannot be compared. */
async function compareFeatures(a: Read, b: Read) {
  const hash = ({ json }: Read) => Object(json.images).sha256;
  const files = [a, b].map(({ folder }) => join(folder, featuresName));
  if (hash(a) === undefined || hash(a) !== hash(b) || !files.every(existsSync)) return null;
  const [x, y] = [await openEmbeddings(a.folder), await openEmbeddings(b.folder)];
  try {
    if (x.rows !== y.rows || x.dimension !== y.dimension) return null;
    const total = { largest: 0, relative: 0, changed: 0 };
    for (let start = 0; start < x.rows; start += BLOCK) {
      const count = Math.min(BLOCK, x.rows - start);
      const [left, right] = [x, y].map(({ dimension }) => new Float32Array(count * dimension));
      x.readBlock(start, count, left!);
      y.readBlock(start, count, right!);
      const change = featureChange(left!, right!, x.dimension);
      total.largest = Math.max(total.largest, change.largest);
      total.relative = Math.max(total.relative, change.relative);
      total.changed += (change.changed * count) / x.rows;
    }
    return { rows: x.rows, ...total };
  } finally {
    x.close();
    y.close();
  }
}

const BLOCK = 1024;

function linesOf({
  differences: found,
  features,
}: {
  readonly differences: readonly Amount[];
  readonly features: Awaited<ReturnType<typeof compareFeatures>>;
}): string[] {
  const lines = effectKinds.flatMap((kind) => {
    const own = found.filter(({ effect }) => effect.kind === kind);
    if (own.length === 0) return [];
    return [
      `${headings[kind]}:`,
      ...own.map(({ path, a, b, effect, relative }) => {
        const by = relative === null ? '' : `; ${seen(relative, effect.seen)}`;
        return `  ${path}: ${short(a)} | ${short(b)}  (${effect.reason}${by})`;
      }),
    ];
  });
  if (features) {
    const { rows, relative, changed } = features;
    lines.push(
      changed === 0
        ? `features of ${rows} images: identical bits`
        : `features of ${rows} images: ${(100 * changed).toPrecision(2)} % of the values differ, by at most ${relative.toExponential(1)} of an image's vector`,
    );
  }
  return lines.length === 0 ? ['no difference'] : lines;
}

function seen(relative: number, how = 'in study jitter'): string {
  return relative === 0 ? `none seen ${how}` : `${relative.toExponential(0)} of FID seen ${how}`;
}

function short(value: unknown): string {
  if (value === undefined) return '–';
  if (Array.isArray(value) && value.length > 4) return `${value.length} values`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 48 ? `${text.slice(0, 45)}…` : text;
}
