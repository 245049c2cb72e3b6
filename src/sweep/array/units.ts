import { z } from 'zod';
import type { DrawOutcome, DrawUnit } from '../../draws/outcome.ts';
import type { Machine } from '../../jobs/machine.ts';
import type { UnitResult } from '../../jobs/part-file.ts';
import { outcomeSchema } from '../journal.ts';

const secondsSchema = z.array(z.number().nonnegative());

/** The outcomes of a unit as its part: times differ from run to run. */
export function resultOf(outcomes: readonly DrawOutcome[]): UnitResult {
  const sorted = [...outcomes].sort((a, b) => a.size - b.size);
  return {
    value: sorted.map(({ seconds: _, metrics, ...outcome }) => ({
      ...outcome,
      ...(metrics && { metrics: withoutSeconds(metrics) }),
    })),
    aside: sorted.map(({ seconds }) => seconds),
    isFailed: sorted.some(
      ({ terms, metrics = {} }) =>
        terms === null || Object.values(metrics).some(({ value }) => value === null),
    ),
  };
}

function withoutSeconds(metrics: NonNullable<DrawOutcome['metrics']>) {
  return Object.fromEntries(
    Object.entries(metrics).map(([name, found]) => [name, { ...found, seconds: null }]),
  );
}

/** The outcomes in a part; undefined if they are not those of the unit. */
export function outcomesOf(
  { wanted, seed }: DrawUnit,
  { value, aside }: Pick<UnitResult, 'value' | 'aside'>,
  machine: Machine,
): DrawOutcome[] | undefined {
  const seconds = secondsSchema.safeParse(aside).data;
  if (!Array.isArray(value) || seconds?.length !== wanted.length) return undefined;
  const outcomes = value.map((each, i) =>
    outcomeSchema.safeParse({ ...Object(each), seconds: seconds[i], machine }),
  );
  const found = outcomes.flatMap(({ data }) => data ?? []);
  const sizes = [...wanted].sort((a, b) => a - b);
  const isWhole = String(found.map(({ size }) => size)) === String(sizes);
  return isWhole && found.every((each) => each.seed === seed) ? found : undefined;
}
