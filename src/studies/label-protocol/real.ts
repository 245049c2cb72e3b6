import { publishedPairs } from '../../answers/correct/pairs.ts';
import { referenceConstant } from '../../answers/correct/reference-constant.ts';
import { StudyError } from '../../errors.ts';
import type { LinearAlgebra } from '../../linalg/algebra.ts';
import { type FeatureRows, momentsOfFeatures, subtractRow } from '../../metrics/features.ts';
import { referenceOfStatistics } from '../../metrics/reference.ts';
import { stream } from '../../random/stream.ts';
import { drawWithoutReplacement } from '../../random/subsample.ts';
import { labelsOfSide } from '../../sides/labels.ts';
import type { Side } from '../../sides/side.ts';
import { eigenbasis } from '../../theory/eigenbasis.ts';
import { kernelOfRowPairs } from '../../theory/same-class-kernel.ts';
import { mean } from '../../theory/statistics.ts';
import type { StudyContext } from '../kind.ts';
import { type GapRow, standardError } from './rows.ts';
import type { LabelProtocolSettings } from './settings.ts';

type RealSettings = NonNullable<LabelProtocolSettings['real']>;

/**
 * Features with labels: what balanced labels take from C by E h(x, y) within classes. Images are paired
 * in several orders; the standard error is that of one order, since the orders share their images.
 */
export async function realGap(
  { reference, labelled, labels, orders }: RealSettings,
  seed: number,
  { openSide, steps }: StudyContext,
  algebra: LinearAlgebra,
): Promise<GapRow> {
  const whole = await openSide(reference.path);
  const part = await openSide(labelled.path);
  try {
    requireFeatures(whole);
    requireFeatures(part);
    const { classes, count, sha256 } = await labelsOfSide(labels.path, part);
    const key = ['real', whole.sha256, part.sha256, sha256, orders, seed];
    return await steps.do(key, async () => {
      const { value, se } = await referenceConstant(whole, publishedPairs(), algebra);
      const moments = await momentsOfFeatures(whole, algebra);
      const basis = await eigenbasis(
        await referenceOfStatistics(
          { mean: moments.mean, covariance: moments.covariance.data },
          algebra,
        ),
        { ...moments, mean: new Float64Array(whole.dimension) },
        algebra,
      );
      const rows = centredRows(part, moments.mean);
      const found: number[] = [];
      let error = 0;
      for (let order = 0; order < orders; order++) {
        const paired = pairedRows(rows, part.dimension, classes, count, ['pairs', seed, order]);
        const h = [...(await kernelOfRowPairs(paired, basis.generated, algebra))];
        found.push(mean(h));
        error = standardError(h);
      }
      return {
        source: part.extractor?.name ?? 'features',
        dimension: part.dimension,
        classes: count,
        between: betweenShare(rows, part.dimension, classes, count),
        size: null,
        draws: null,
        random: value,
        random_se: se,
        balanced: null,
        balanced_se: null,
        gap: null,
        gap_se: null,
        theory: mean(found),
        theory_se: error,
      };
    });
  } finally {
    whole.close();
    part.close();
  }
}

function requireFeatures(side: Side): asserts side is Extract<Side, { kind: 'features' }> {
  if (side.kind === 'features') return;
  throw new StudyError(
    `${side.path} holds statistics`,
    'give features: pairs of images are needed',
  );
}

function centredRows({ rows, dimension, readBlock }: FeatureRows, centre: Float64Array) {
  const data = new Float64Array(rows * dimension);
  readBlock(0, rows, data);
  subtractRow(data, centre, rows);
  return data;
}

/** Disjoint pairs of images of one class, in random order, next to each other. */
function pairedRows(
  rows: Float64Array,
  d: number,
  classes: Uint32Array,
  count: number,
  key: readonly (string | number)[],
) {
  const order: number[] = [];
  for (let k = 0; k < count; k++) {
    const members = [...classes.keys()].filter((row) => classes[row] === k);
    const shuffled = drawWithoutReplacement(members.length, members.length & ~1, stream(...key, k));
    for (const at of shuffled) order.push(members[at]!);
  }
  const data = new Float64Array(order.length * d);
  for (const [i, row] of order.entries()) data.set(rows.subarray(row * d, (row + 1) * d), i * d);
  return { data, rows: order.length, columns: d };
}

/** Share of the variance between the classes, without what sampling adds to the means of classes. */
function betweenShare(rows: Float64Array, d: number, classes: Uint32Array, count: number): number {
  const sizes = new Float64Array(count);
  const sums = new Float64Array(count * d);
  let total = 0;
  for (const [row, k] of classes.entries()) {
    sizes[k]!++;
    for (let j = 0; j < d; j++) {
      const value = rows[row * d + j]!;
      sums[k * d + j]! += value;
      total += value * value;
    }
  }
  // |x̄_k|² less its diagonal is the mean product of two different images of a class.
  let between = 0;
  for (const [k, size] of sizes.entries()) {
    let square = 0;
    for (let j = 0; j < d; j++) square += sums[k * d + j]! ** 2;
    between += square - squaresOf(rows, d, classes, k);
    if (size < 2) throw new StudyError(`a class of ${size} images`, 'give two or more of each');
  }
  const pairs = sizes.reduce((sum, size) => sum + size * (size - 1), 0);
  return between / pairs / (total / classes.length);
}

function squaresOf(rows: Float64Array, d: number, classes: Uint32Array, of: number): number {
  let total = 0;
  for (const [row, k] of classes.entries()) {
    if (k !== of) continue;
    for (let j = 0; j < d; j++) total += rows[row * d + j]! ** 2;
  }
  return total;
}
