import type { BiasConstant } from '../answers/correct/bias-constant.ts';
import { spreadBetweenModels } from '../answers/correct/families.ts';
import { publishedPairs } from '../answers/correct/pairs.ts';
import { referenceConstant } from '../answers/correct/reference-constant.ts';
import { referenceNote } from '../answers/correct/reference-note.ts';
import { spectrumOfSide } from '../answers/correct/spectrum-constant.ts';
import type { FidErrors } from '../answers/plan/fid-errors.ts';
import { pilotOfPool, spectrumVariance } from '../answers/plan/pilot.ts';
import { publishedErrors } from '../answers/plan/published.ts';
import { StudyError } from '../errors.ts';
import { sharedAlgebra } from '../linalg/fast.ts';
import { requireComparable, requireOtherImages } from '../sides/comparable.ts';
import { type OpenOptions, openSide, openSides } from '../sides/open.ts';
import { cachedReference } from '../sides/reference-cache.ts';
import { isIndependent } from '../sides/repeated-rows.ts';
import { requireEntries } from '../sides/required-entries.ts';
import { requireUsed } from '../sides/used-options.ts';
import { fidCaption } from '../tables/fid-caption.ts';
import { thousands } from '../tables/number.ts';
import {
  constantChoice,
  knownDatasets,
  type PublishedConstantFlags,
} from './published-constant.ts';
import { described, oddRowNotes, sideNotes } from './side-notes.ts';

/** The flags that say where a plan's numbers come from. */
export interface PlanSourceFlags extends PublishedConstantFlags {
  readonly constant?: number | undefined;
  readonly constantSe?: number | undefined;
  readonly reference?: string | undefined;
  readonly generated?: string | undefined;
  readonly fid?: number | undefined;
  readonly force?: boolean | undefined;
}

/** What a plan is based on. */
export interface PlanSource {
  readonly name: string;
  readonly errors: FidErrors;
  /** Whether the spread of FID is known; a difference needs it. */
  readonly hasSpread: boolean;
  /** What the numbers are based on, one sentence each. */
  readonly notes: readonly string[];
  /** The sets that were opened. */
  readonly sides: readonly ReturnType<typeof described>[];
}

/** @throws StudyError for no source, two of them, or one that cannot be opened */
export async function planSource(
  flags: PlanSourceFlags,
  options: OpenOptions,
): Promise<PlanSource> {
  const { dataset, constant, reference, generated } = flags;
  const given = [dataset, constant, reference].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw new StudyError(
      given.length === 0 ? 'nothing to plan from' : 'more than one source to plan from',
      `give one of --dataset (${knownDatasets()}), --reference with or without --generated, or --constant`,
    );
  }
  if (generated !== undefined && reference === undefined) {
    throw new StudyError(
      `generated set without a reference: ${generated}`,
      'also give --reference',
    );
  }
  const choice = constantChoice(flags);
  if (reference !== undefined) {
    return generated === undefined
      ? ofReference(reference, flags, options)
      : ofPilot(reference, generated, flags, options);
  }
  // For published numbers the model is the network behind them.
  const { model, entry = [], ...others } = options;
  requireUsed([], dataset === undefined ? { model, ...others } : others);
  requireEntries([], entry);
  return { ...publishedErrors(flags, choice, publishedPairs()), sides: [] };
}

async function ofReference(
  path: string,
  flags: PlanSourceFlags,
  options: OpenOptions,
): Promise<PlanSource> {
  const side = await openSide(path, options);
  try {
    const algebra = sharedAlgebra();
    const constant = await referenceConstant(side, publishedPairs(), algebra);
    const variance =
      flags.fid === undefined
        ? { first: 0, second: 0 }
        : spectrumVariance(await spectrumOfSide(side, algebra), flags.fid);
    return {
      name: path,
      errors: { constant, ...variance, betweenModels: between() },
      hasSpread: flags.fid !== undefined,
      notes: [
        referenceNote(constant),
        ...roughNotes(constant, side.rows),
        ...sideNotes(side),
        ...(flags.fid === undefined
          ? []
          : [
              'the models are assumed to differ from the reference as the surrogate cifar10-cfm does',
            ]),
      ],
      sides: [described(side)],
    };
  } finally {
    side.close();
  }
}

async function ofPilot(
  referencePath: string,
  path: string,
  flags: PlanSourceFlags,
  options: OpenOptions,
): Promise<PlanSource> {
  const sides = await openSides(referencePath, path, options, { generated: 'rows' });
  const { generated } = sides;
  try {
    requireComparable(sides.reference, generated, flags.force ?? false);
    requireOtherImages(sides.reference, generated);
    if (generated.kind === 'statistics') {
      throw new StudyError(
        `${path} holds statistics; a pilot needs rows`,
        'give features or images as the pilot',
      );
    }
    const algebra = sharedAlgebra();
    const reference = await cachedReference(sides.reference, algebra);
    const referenceRows = sides.reference.rows;
    const pilot = await pilotOfPool(
      generated,
      reference,
      {
        referenceRows,
        referenceFeatures: sides.reference.kind === 'features' ? sides.reference : undefined,
      },
      publishedPairs(),
      algebra,
    );
    const { first, second, firstLimit, fid, oddRows } = pilot;
    const isOwn = isIndependent(sides.reference, generated);
    const constant = { ...pilot.constant, isRough: pilot.constant.isRough || !isOwn };
    return {
      name: path,
      errors: { constant, first, second, firstLimit, betweenModels: between() },
      hasSpread: true,
      notes: [
        `the pilot's FID is ${fid!.plugIn.toPrecision(4)} ${fidCaption({ rows: generated.rows, referenceRows }, fid!.plugIn - fid!.infinite.estimate)}; at infinity about ${fid!.infinite.estimate.toPrecision(3)}`,
        spreadNote(first, firstLimit),
        ...roughNotes(pilot.constant, pilotSize(generated.rows, referenceRows)),
        ...oddRowNotes(oddRows, { reference: referencePath, generated: path }),
        ...sideNotes(sides.reference, generated),
      ],
      sides: [described(sides.reference), described(generated)],
    };
  } finally {
    sides.reference.close();
    generated.close();
  }
}

/** What a pilot says of σ², and how little that may be. */
function spreadNote(first: number, limit: number): string {
  const variance = `the pilot's N times the variance of FID is about ${short(first)} (first order)`;
  return Number.isFinite(limit)
    ? `${variance}, and below ${short(limit)} with 95 % certainty`
    : `${variance}; its rows do not tell how large it may be`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** The smaller of the two sides limits a pilot. */
function pilotSize(rows: number, referenceRows: number | null): number {
  return Math.min(rows, referenceRows ?? rows);
}

function roughNotes({ isRough, dimension }: BiasConstant, rows: number | null): string[] {
  if (!isRough || rows === null) return [];
  return [
    `${thousands(rows)} images of ${thousands(dimension)} dimensions are too few for a reliable C or spread, and C is probably too small; use ${thousands(Math.ceil(1.5 * dimension))} or more`,
  ];
}

/** How much constants differ between models, from published pairs. */
function between(): number {
  return spreadBetweenModels(publishedPairs())?.spread ?? 0;
}
