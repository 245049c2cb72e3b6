import { basename } from 'node:path';
import type { CorrectionAnswer, CorrectionQuestion } from '../answers/correct/answer.ts';
import { correctionChart, correctionPoints } from '../answers/correct/chart.ts';
import { renderCharts } from '../charts/render.ts';
import { reportName, writeReport } from '../charts/report/folder.ts';
import { environment } from '../provenance/environment.ts';
import { toCsv } from '../tables/csv.ts';
import { jsonNumber } from './json-number.ts';
import { writeResultFolder } from './result-folder.ts';

const COLUMNS = ['size', 'num_ref', 'fid', 'lower', 'upper', 'basis'] as const;

/** Writes correction.csv, manifest.json, the chart and the report; returns their names. */
export async function writeCorrection(
  folder: string,
  question: CorrectionQuestion,
  { lines }: CorrectionAnswer,
  record: object,
): Promise<string[]> {
  const points = correctionPoints(question);
  const rows = points.map(({ isPredicted, ...point }) => {
    const { reference } = isPredicted ? question.to : question.from;
    // CSV has no infinity.
    const num_ref = Number.isFinite(reference) ? reference : null;
    return { ...point, num_ref, basis: isPredicted ? 'law' : 'reported' };
  });
  const manifest = {
    format: 'fid-study correction 1',
    answer: lines,
    ...record,
    environment: environment(),
  };
  const tables = { 'correction.csv': toCsv(COLUMNS, rows) };
  const files = await writeResultFolder(folder, tables, manifest, jsonNumber);
  const spec = correctionChart(question, points);
  const [chart] = await renderCharts([{ name: 'fid-against-n', spec }], folder);
  await writeReport(folder);
  return [...files, ...chart!.paths.map((path) => basename(path)), reportName];
}
