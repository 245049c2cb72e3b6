import { basename } from 'node:path';
import type { CorrectionAnswer, CorrectionQuestion } from '../answers/correct/answer.ts';
import { correctFid } from '../answers/correct/correct.ts';
import { correctionSizes } from '../answers/correct/sizes.ts';
import { type CurvePoint, fidCurves } from '../charts/fid-curves.ts';
import { renderCharts } from '../charts/render.ts';
import { reportName, writeReport } from '../charts/report/folder.ts';
import { environment } from '../provenance/environment.ts';
import { toCsv } from '../tables/csv.ts';
import { referencesInWords } from '../tables/fid-caption.ts';
import { writeResultFolder } from './result-folder.ts';

const COLUMNS = ['size', 'num_ref', 'fid', 'lower', 'upper', 'basis'] as const;

/** Writes correction.csv, manifest.json, the chart and the report; returns their names. */
export async function writeCorrection(
  folder: string,
  question: CorrectionQuestion,
  { lines }: CorrectionAnswer,
  record: object,
): Promise<string[]> {
  const points = pointsOf(question);
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
  const spec = chartOf(question, points);
  const [chart] = await renderCharts([{ name: 'fid-against-n', spec }], folder);
  await writeReport(folder);
  return [...files, ...chart!.paths.map((path) => basename(path)), reportName];
}

/** JSON has no infinity; it is written as `inf`, which the flags accept. */
export function jsonNumber(_key: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? 'inf' : value;
}

/** The reported FID, and what it would be at each other size, with 95 % intervals. */
function pointsOf({ fid, from, to, constant }: CorrectionQuestion): CurvePoint[] {
  return correctionSizes(from.generated, to.generated).map((size) => {
    if (size === from.generated) {
      return { size, fid, lower: fid, upper: fid, isPredicted: false };
    }
    const at = correctFid(fid, from, { ...to, generated: size }, constant);
    return { size, fid: at.fid, lower: at.lower, upper: at.upper, isPredicted: true };
  });
}

function chartOf({ fid, from, to, constant }: CorrectionQuestion, points: readonly CurvePoint[]) {
  const isStated = from.reference !== null && to.reference !== null;
  const limit = correctFid(fid, from, { ...to, generated: Number.POSITIVE_INFINITY }, constant);
  const against = referencesInWords(Number.isFinite(to.reference) ? to.reference : null);
  const of = isStated ? `against ${against}` : 'against the same references';
  return fidCurves({
    title: 'A reported FID at other N',
    subtitle: [of, 'bars: 95 % interval; line and band: FID at infinite N'],
    description: `A reported FID of ${fid} against the number of generated images, log axis, converted by C/N with 95 % intervals.`,
    curves: [
      {
        name: 'reported',
        points,
        infinity: { value: limit.fid, lower: limit.lower, upper: limit.upper },
      },
    ],
  });
}
