import { percent, roundToError, thousands } from '../../tables/number.ts';
import type { BiasConstant, DatasetConstant } from './bias-constant.ts';
import { type Correction, correctFid } from './correct.ts';
import { count } from './explain.ts';
import { FID_NETWORK } from './networks.ts';
import { correctionNotes } from './notes.ts';
import type { Sizes } from './pair-constant.ts';
import type { PublishedPair } from './pairs.ts';
import { type ReferenceConstant, referenceNote } from './reference-note.ts';

/** A constant from published pairs, from a reference, or as given. */
export type AnyConstant = BiasConstant | DatasetConstant | ReferenceConstant;

/** A reported FID, its sizes and those wanted, and the constant to convert it by. */
export interface CorrectionQuestion {
  readonly fid: number;
  readonly from: Sizes;
  readonly to: Sizes;
  readonly constant: AnyConstant;
  /** Whether the constant was given without a standard error. */
  readonly isExact?: boolean | undefined;
  /** Name of the reference that the constant comes from. */
  readonly reference?: string | undefined;
  /** What its set is like. */
  readonly sideNotes?: readonly string[] | undefined;
}

/** A conversion in numbers and in words. */
export interface CorrectionAnswer {
  readonly result: Correction;
  /** The FID at the other size with its interval, then the constant. */
  readonly lines: readonly [string, string];
  readonly notes: readonly string[];
  /** What `--json` prints. */
  readonly record: object;
}

/**
 * Converts a reported FID, for the command line and the page alike.
 *
 * @param pairs all published pairs
 */
export function answerCorrection(
  question: CorrectionQuestion,
  pairs: readonly PublishedPair[],
): CorrectionAnswer {
  const { fid, from, to, constant, isExact = false, reference, sideNotes = [] } = question;
  const result = correctFid(fid, from, to, constant);
  const { fid: corrected, ...others } = result;
  return {
    result,
    lines: [headline(question, result), constantLine(constant, reference)],
    notes: [
      ...constantNotes(constant, isExact),
      ...sideNotes,
      ...assumedNotes(from, to),
      ...correctionNotes(from, to, constant, result, pairs),
    ],
    record: {
      reported: { fid, num_gen: from.generated, num_ref: from.reference },
      corrected: { fid: corrected, num_gen: to.generated, num_ref: to.reference },
      ...others,
      constant,
    },
  };
}

/** What is assumed about a reference that does not state its number of images. */
function assumedNotes(from: Sizes, to: Sizes): string[] {
  if (from.reference !== null) return [];
  const end = Number.isFinite(to.generated) ? '' : ', at infinity too';
  return [
    `the number M of reference images is not stated: the same M is assumed for both FIDs, so the reference's bias C/M stays${end} (--reference-size)`,
  ];
}

function constantNotes(constant: AnyConstant, isExact: boolean): string[] {
  if ('basis' in constant) return [referenceNote(constant)];
  return isExact ? ['the constant counts as exact: --constant-se widens the interval'] : [];
}

const BASIS: Readonly<Record<ReferenceConstant['basis'], string>> = {
  'fourth-moments': 'fourth moments',
  spectrum: 'the spectrum',
};

function headline({ fid, from, to }: CorrectionQuestion, result: Correction): string {
  const at = ({ generated, reference }: Sizes) =>
    `${count(generated)} images${reference === null ? '' : ` against ${count(reference)}`}`;
  const { fid: corrected, lower, upper } = result;
  // Two digits of the half-width.
  const shown = (value: number) => roundToError(value, (upper - lower) / 20).value;
  return `FID ${fid} with ${at(from)} → ${shown(corrected)} with ${at(to)}, 95 % interval ${shown(lower)} to ${shown(upper)}`;
}

function constantLine(constant: AnyConstant, reference: string | undefined): string {
  const { value, se, spread } = constant;
  const rounded = roundToError(value, se > 0 ? se : null);
  const number = (text: string | null) => thousands(Number(text));
  const error = se > 0 ? ` ± ${number(rounded.error)}` : '';
  const between = spread > 0 ? `, ${percent(spread)} between models` : '';
  const of =
    'dataset' in constant
      ? `: ${ofDataset(constant)}`
      : 'basis' in constant
        ? `: from ${BASIS[constant.basis]} of ${reference}`
        : ': as given';
  return `C = ${number(rounded.value)}${error}${between}${of}`;
}

/** `imagenet, random labels, 3 published pairs (--explain lists them)` */
function ofDataset({ dataset, network, labelProtocol, pairs }: DatasetConstant): string {
  const count = `${pairs.length} published pair${pairs.length === 1 ? '' : 's'} (--explain lists them)`;
  const labels = labelProtocol && labelProtocol !== 'none' ? [`${labelProtocol} labels`] : [];
  const by = network === FID_NETWORK ? [] : [network];
  return [dataset, ...by, ...labels, count].join(', ');
}
