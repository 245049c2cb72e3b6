import { join } from 'node:path';
import { secondOrderScale } from '../../answers/correct/families.ts';
import { publishedPairs } from '../../answers/correct/pairs.ts';
import { StudyError } from '../../errors.ts';
import { requireComparable } from '../../sides/comparable.ts';
import { kindOf } from '../../sides/kind-of.ts';
import { requireEntries } from '../../sides/required-entries.ts';
import { taken } from '../../sides/side-kind.ts';
import { requireUsed } from '../../sides/used-options.ts';
import { thousands } from '../../tables/number.ts';
import type { StudyContext } from '../kind.ts';
import { type Prediction, withErrors } from './routes.ts';

/** The user's own samples, as the experiment names them. */
export interface OwnSamples {
  readonly reference?: string | undefined;
  readonly generated?: string | undefined;
  readonly model?: string | undefined;
  readonly mode?: string | undefined;
  /** Sets to take from files that hold several. */
  readonly entry?: readonly string[] | undefined;
  readonly seeds: number;
}

const FEW = 5000;
/** Sizes of the line, without the one that it predicts. */
const LINE = [2 * FEW, 3 * FEW] as const;

/** Samples that can be drawn from, and their reference. */
export interface OwnSides {
  readonly reference: string;
  readonly generated: string;
  /** Generated samples. */
  readonly rows: number;
}

/**
 * Opens the user's samples before anything is drawn, so that problems show at once. Images are
 * extracted here.
 *
 * @returns null if no samples are given
 * @throws StudyError for one side without the other, a missing path, sides of different networks, or
 *   too few samples
 */
export async function checkedSamples(
  { reference, generated, model, mode, entry = [] }: OwnSamples,
  { openSide }: StudyContext,
): Promise<OwnSides | null> {
  if (reference === undefined && generated === undefined) return null;
  if (reference === undefined || generated === undefined) {
    const given = reference === undefined ? `--generated ${generated}` : `--reference ${reference}`;
    throw new StudyError(
      `only one side of your own samples: ${given}`,
      'give both --reference and --generated',
    );
  }
  // Both, before hours are spent on the images of one.
  const kinds = [
    taken(await kindOf(reference, entry), 'statistics'),
    taken(await kindOf(generated, entry), 'rows'),
  ];
  requireEntries(kinds, entry);
  requireUsed(kinds, { model, mode });
  const side = await openSide(generated, { model, mode, entry, use: 'rows' });
  try {
    if (side.kind === 'statistics' || side.rows < 4 * FEW) {
      throw new StudyError(
        side.kind === 'statistics'
          ? `${generated} holds statistics; this study draws rows`
          : `${generated} has ${thousands(side.rows)} samples`,
        `give features or images of ${thousands(4 * FEW)} samples or more, best 50,000`,
      );
    }
    const other = await openSide(reference, { model, mode, entry });
    try {
      requireComparable(other, side, false);
    } finally {
      other.close();
    }
    return { reference, generated, rows: side.rows };
  } finally {
    side.close();
  }
}

/**
 * The third route, on the user's samples: draws of 10,000 and 15,000 give a line in 1/N, which
 * predicts the FID at 5,000; draws of 5,000 test the prediction.
 */
export async function ownRoute(
  { reference, generated, rows }: OwnSides,
  { model, mode, entry, seeds }: OwnSamples,
  { sweep, folder }: StudyContext,
): Promise<{ prediction: Prediction; reported: number; lines: string[] }> {
  const out = (name: string) => join(folder, name);
  const sides = {
    reference,
    generated,
    ...(model && { model }),
    ...(mode && { mode }),
    ...(entry && { entry: [...entry] }),
  };
  const fit = await sweep({ ...sides, sizes: [...LINE], seeds }, out('own-line'));
  const drawn = await sweep({ ...sides, sizes: [FEW, rows], seeds }, out('own-samples'));
  const few = drawn.performance.find((row) => row.size === FEW && row.measure === 'mean');
  if (!fit.fit || few?.value == null) throw new Error('a sweep of own samples without draws');
  const { intercept, intercept_se, slope } = fit.fit;
  const [x, a, b] = [1 / FEW, 1 / LINE[0], 1 / LINE[1]];
  // The intercept is at 0, the prediction at x; both lie off the middle of the line.
  const farther = Math.abs(x - (a + b) / 2) / ((a + b) / 2);
  const curvature = slope * secondOrderScale(publishedPairs()) * (x - a) * (x - b);
  const prediction = withErrors(
    {
      route: 'own samples',
      label: 'your own samples',
      fid: intercept + slope / FEW,
      basis: `line in 1/N through draws of 10,000 and 15,000 out of ${thousands(rows)}`,
    },
    [farther * (intercept_se ?? 0), curvature, few.mcse ?? 0],
  );
  const all = drawn.performance.find((row) => row.size === rows && row.measure === 'mean');
  return {
    prediction,
    reported: few.value,
    lines: [
      `your own samples: FID ${few.value.toFixed(2)} at ${thousands(FEW)}, ${all?.value?.toFixed(2) ?? '–'} at ${thousands(rows)}; the line through larger sizes predicts ${prediction.fid.toFixed(2)} at ${thousands(FEW)}; reference: ${drawn.reference}`,
      ...drawn.notes.map((note) => `note: ${note}`),
    ],
  };
}
