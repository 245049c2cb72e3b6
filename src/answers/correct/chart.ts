import { type CurvePoint, fidCurves } from '../../charts/fid-curves.ts';
import type { ChartSpec } from '../../charts/spec.ts';
import { referencesInWords } from '../../tables/fid-caption.ts';
import type { CorrectionQuestion } from './answer.ts';
import { correctFid } from './correct.ts';
import { correctionSizes } from './sizes.ts';

/** The reported FID, and what it would be at each other size, with 95 % intervals. */
export function correctionPoints({ fid, from, to, constant }: CorrectionQuestion): CurvePoint[] {
  return correctionSizes(from.generated, to.generated).map((size) => {
    if (size === from.generated) {
      return { size, fid, lower: fid, upper: fid, isPredicted: false };
    }
    const at = correctFid(fid, from, { ...to, generated: size }, constant);
    return { size, fid: at.fid, lower: at.lower, upper: at.upper, isPredicted: true };
  });
}

/** The reported FID against N, converted, with its limit. */
export function correctionChart(
  question: CorrectionQuestion,
  points = correctionPoints(question),
): ChartSpec {
  const { fid, from, to, constant } = question;
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
