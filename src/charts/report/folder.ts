import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { diskError } from '../../arrays/disk.ts';
import { objectOf, parseJson } from '../../arrays/json.ts';
import { readText, readWhole } from '../../arrays/regular-file.ts';
import { manifestName } from '../../provenance/manifest.ts';
import { REFERENCE_FACT } from '../../tables/fid-caption.ts';
import { writeWhole } from '../../tables/files.ts';
import { readPerformance } from '../../tables/performance.ts';
import { readRecords } from '../../tables/records.ts';
import { type PublishedValue, performanceSummary } from '../../tables/summary.ts';
import { seriesOf } from '../interaction.ts';
import { toLiveSvg } from '../live-svg.ts';
import type { ChartSpec } from '../spec.ts';
import { type Download, type Report, type ReportChart, reportHtml } from './report.ts';
import { type ReportTable, tableOfRecords } from './table.ts';
import { wordsOf } from './words.ts';

/** The name of every report. */
export const reportName = 'report.html';

/** Larger files stay next to the page, which links to them. */
const MOST_BYTES = 2 ** 17;
/** Larger tables are not shown. */
const MOST_TABLE_BYTES = 2 ** 22;

const TYPES: Readonly<Record<string, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  tex: 'text/plain',
};

/**
 * Writes report.html of a folder of results: a function of its manifest, tables and charts alone, whatever
 * command wrote them.
 *
 * @param drawn the folder of the charts and of the report, if it is another one
 * @returns its path
 * @throws StudyError if the folder has no manifest, or a folder cannot be read or written
 */
export async function writeReport(folder: string, drawn = folder): Promise<string> {
  const path = join(drawn, reportName);
  await writeWhole(path, await reportOfFolder(folder, drawn));
  return path;
}

/** Where a report is shown, if not next to its files. */
export interface ReportPlace {
  readonly nav?: Report['nav'];
  /** What leads to the files that are too large to be in the page. */
  readonly files?: string;
}

/** The text of the report of a folder. @throws as `writeReport` */
export async function reportOfFolder(
  folder: string,
  drawn = folder,
  { nav, files = '' }: ReportPlace = {},
): Promise<string> {
  const manifest = await manifestOf(folder);
  const csv = await tableNames(folder, manifest);
  const charts = await namesIn(drawn, END);
  const others = [
    ...charts.map((name) => join(drawn, name)),
    ...(await namesIn(drawn, '.tex')).map((name) => join(drawn, name)),
    join(folder, manifestName),
  ];
  return reportHtml({
    ...wordsOf(manifest),
    charts: Object.values(await chartsOfFolder(drawn)),
    tables: await tablesOf(folder, csv, manifest),
    downloads: await Promise.all(
      [...csv.map((name) => join(folder, name)), ...others].map((path) => downloadOf(path, files)),
    ),
    ...(nav && { nav }),
  });
}

async function namesIn(folder: string, end: string): Promise<string[]> {
  const names = await readdir(folder).catch((error) => {
    throw diskError(error, folder);
  });
  return names.filter((name) => name.endsWith(end)).sort();
}

/** The tables that the manifest names. timings.csv is left out: it differs from run to run. */
async function tableNames(folder: string, { files }: Manifest): Promise<string[]> {
  const names = (await namesIn(folder, '.csv')).filter((name) => name !== 'timings.csv');
  const named = new Set(Object.keys(Object(files)));
  return named.size === 0 ? names : names.filter((name) => named.has(name));
}

type Manifest = Readonly<Record<string, unknown>>;

async function manifestOf(folder: string): Promise<Manifest> {
  const path = join(folder, manifestName);
  const hint = 'give the folder of a result';
  const text = await readText(path).catch((error) => {
    throw diskError(error, path);
  });
  return objectOf(parseJson(text, path, hint), `${path} is no manifest`, hint);
}

/** The charts of a folder, by name. */
export async function chartsOfFolder(folder: string): Promise<Record<string, ReportChart>> {
  const charts: Record<string, ReportChart> = {};
  // FID against N says most.
  const isFirst = (name: string) => Number(!name.startsWith('fid-against-n.'));
  const files = (await namesIn(folder, END)).sort((a, b) => isFirst(a) - isFirst(b));
  for (const file of files) {
    charts[file.slice(0, -END.length)] = await chartOf(join(folder, file));
  }
  return charts;
}

const END = '.vl.json';

async function chartOf(path: string): Promise<ReportChart> {
  const spec = parseJson(await readText(path), path, 'draw it again by study plot') as ChartSpec;
  return {
    svg: await toLiveSvg(spec as TopLevelSpec),
    caption: String(spec.description ?? ''),
    series: seriesOf(spec),
  };
}

/** Tables by size, the smallest first: it says most. A sweep's is its performance, size by size. */
async function tablesOf(
  folder: string,
  names: readonly string[],
  { published, facts }: Manifest,
): Promise<ReportTable[]> {
  const tables: (ReportTable & { bytes: number })[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const bytes = (await readWhole(path)).length;
    if (bytes > MOST_TABLE_BYTES) continue;
    tables.push({ ...tableOfRecords(name, await readRecords(path)), bytes });
  }
  tables.sort((a, b) => a.bytes - b.bytes);
  if (!names.includes('performance.csv') || !Array.isArray(published)) return tables;
  const rows = await readPerformance(join(folder, 'performance.csv'));
  const summary = performanceSummary(rows, published as PublishedValue[], 'plus-minus');
  const reference = (Array.isArray(facts) ? facts : []).find(
    (fact) => Object(fact).label === REFERENCE_FACT,
  )?.value;
  const against = reference === undefined ? '' : `Reference: ${reference}. `;
  const note = `${against}MCSE: Monte-Carlo standard error; values are rounded to it.`;
  return [{ name: 'Performance', ...summary, note }, ...tables];
}

async function downloadOf(path: string, files: string): Promise<Download> {
  const name = basename(path);
  const bytes = await readWhole(path);
  if (bytes.length > MOST_BYTES) return { name, href: files + encodeURIComponent(name) };
  const type = TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  return { name, href: `data:${type};base64,${bytes.toString('base64')}` };
}
