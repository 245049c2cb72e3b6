import { StudyError } from '../../errors.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import type { Reference } from '../../metrics/reference.ts';
import { environment } from '../../provenance/environment.ts';
import type { StudyContext } from '../kind.ts';
import { isRefusal, type Refusal } from '../steps.ts';
import { type ExtractionJob, extractAgain } from './extraction.ts';
import { fromBase64, throughFloat16, toBase64 } from './features.ts';
import { type Extracted, type Measures, measuresOf } from './measures.ts';
import type { Measured } from './rows.ts';
import { BASELINE, nameOf, type Variation } from './variations.ts';

/** What all ways to extract have in common. */
export interface Repeated {
  readonly job: Omit<ExtractionJob, 'variation'>;
  /** Names images and model by their content. */
  readonly key: readonly unknown[];
  /** Originals. */
  readonly count: number;
  readonly reference: Reference | null;
}

/** The measures of every variation, and how long each took. */
export interface Repeats {
  readonly baseline: Measures;
  /** The baseline's own repeat is the first. */
  readonly measured: readonly (Measured & { readonly seconds: number | null })[];
}

/**
 * Extracts in every way, one after another on a machine, each in its own process. Variations that it
 * cannot do are skipped, with the reason; finished ones are kept, so that an interrupted run resumes.
 *
 * @param variations the baseline first
 */
export async function repeatAll(
  { job, key, count, reference }: Repeated,
  variations: readonly Variation[],
  algebra: LinearAlgebra,
  { steps, signal, progress }: StudyContext,
): Promise<Repeats> {
  const { cpu, instructions, libraries } = environment();
  const common = [key, cpu, instructions, libraries];
  const bar = progress('extracting', 'images');
  const repeat = async (variation: Variation) => {
    const before = variations.indexOf(variation) * 2 * count;
    const onDone = (done: number) =>
      bar.update(before + done, variations.length * 2 * count, nameOf(variation));
    onDone(0);
    return extractAgain({ ...job, variation }, signal, onDone);
  };
  try {
    const first = await steps.do([...common, 'baseline'], async () => {
      const { originals, copies, ...rest } = await repeat(BASELINE);
      return { ...rest, originals: toBase64(originals), copies: toBase64(copies) };
    });
    const baseline: Extracted = {
      ...first,
      originals: fromBase64(first.originals),
      copies: fromBase64(first.copies),
    };
    const measure = (other: Extracted) =>
      measuresOf(other, baseline, job.extractor.dimension, reference, algebra);
    const own = await measure(baseline);
    const measured: Repeats['measured'][number][] = [
      {
        variation: BASELINE,
        storage: 'float32',
        measures: own,
        seconds: first.seconds,
        error: null,
      },
    ];
    const others = variations.slice(1);
    const found = await steps.all(
      others.map((variation) => ({
        key: [...common, variation],
        compute: () =>
          orRefusal(async () => {
            const again = await repeat(variation);
            return { measures: await measure(again), seconds: again.seconds, error: null };
          }),
      })),
    );
    for (const [i, variation] of others.entries()) {
      measured.push({ variation, storage: 'float32', ...unlessRefused(found[i]!) });
    }
    const rounded = {
      ...baseline,
      originals: throughFloat16(baseline.originals),
      copies: throughFloat16(baseline.copies),
    };
    const float16 = { storage: 'float16', seconds: null, error: null } as const;
    measured.push({ variation: BASELINE, ...float16, measures: await measure(rounded) });
    return { baseline: own, measured };
  } finally {
    bar.stop();
  }
}

async function orRefusal<Found>(find: () => Promise<Found>): Promise<Found | Refusal> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof StudyError)) throw error;
    return { refusal: error.message };
  }
}

function unlessRefused<Found>(found: Found | Refusal) {
  return isRefusal(found) ? { measures: null, seconds: null, error: found.refusal } : found;
}
