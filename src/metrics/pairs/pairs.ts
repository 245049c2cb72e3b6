import type { KernelSums, WithinSums } from '../kernel-sums.ts';
import type { Metric, MetricContext, PairWork } from '../metric.ts';
import { once, type Sample } from '../sample.ts';
import { Crossings } from './crossings.ts';
import type { Kernel } from './kernel.ts';
import { KernelVisitor } from './kernel-visitor.ts';
import { gaussian, polynomial } from './kernels.ts';
import { NearestReference } from './nearest-reference.ts';
import { OwnNeighbours } from './neighbours.ts';
import { eachProduct, type PairWatch } from './products.ts';
import { requireSamples } from './require.ts';

/** k of precision and recall (Kynkäänniemi et al. 2019), and of density and coverage (Naeem et al. 2020). */
export const CLOSED = 3;
export const OPEN = 5;

/** What metrics of pairs need of one sample. */
interface Within {
  /** Null if no ball and no neighbour is needed. */
  readonly neighbours: OwnNeighbours | null;
  readonly sums: ReadonlyMap<Kernel, WithinSums>;
}

const KERNELS = [polynomial, gaussian];

/** One pass over the pairs within a sample. Each sample is passed once, whatever is asked. */
function within(sample: Sample, context: MetricContext, watch: PairWatch): Promise<Within> {
  return once(sample, 'within', async () => {
    const isAsked = has(context, 'balls') || has(context, 'nearest');
    const own = isAsked ? new OwnNeighbours(sample) : null;
    const wanted = has(context, 'kernels') ? KERNELS : [];
    const kernels = wanted.map((kernel) => new KernelVisitor(kernel, sample, sample));
    const visitors = [own ?? [], kernels].flat();
    await eachProduct(sample, sample, context.algebra.gemm, visitors, watch);
    const sums = new Map(wanted.map((kernel, i) => [kernel, kernels[i]!.within()]));
    return { neighbours: own, sums };
  });
}

type Between = ReturnType<typeof computeBetween>;

/** One pass over the pairs of a draw and a reference. */
function between(draw: Sample, reference: Sample, context: MetricContext) {
  const known = once(draw, 'between', () => new WeakMap<Sample, Between>());
  const found = known.get(reference) ?? computeBetween(draw, reference, context);
  known.set(reference, found);
  return found;
}

async function computeBetween(draw: Sample, reference: Sample, context: MetricContext) {
  const total = pairsWithin(reference) + pairsWithin(draw) + reference.rows * draw.rows;
  const watch = watchOf(context, total);
  const x = await within(reference, context, watch);
  const y = await within(draw, context, watch);
  const { gemm } = context.algebra;
  // The pass serves kernels too, which need fewer rows; whoever uses balls asks for enough.
  const radii = (own: OwnNeighbours, k: number, sample: Sample, what: string) =>
    own.radii(Math.min(k, sample.rows - 1), what, gemm, watch);
  const crossings =
    has(context, 'balls') && x.neighbours && y.neighbours
      ? new Crossings(reference, draw, {
          reference: await radii(x.neighbours, CLOSED, reference, 'reference'),
          open: await radii(x.neighbours, OPEN, reference, 'reference'),
          generated: await radii(y.neighbours, CLOSED, draw, 'generated'),
        })
      : null;
  const nearest = has(context, 'nearest') ? new NearestReference(reference, draw) : null;
  const wanted = has(context, 'kernels') ? KERNELS : [];
  const kernels = wanted.map((kernel) => new KernelVisitor(kernel, reference, draw));
  const visitors = [crossings ?? [], nearest ?? [], kernels].flat();
  await eachProduct(reference, draw, gemm, visitors, watch);
  const sums = new Map(
    wanted.map((kernel, i): [Kernel, KernelSums] => [
      kernel,
      { x: x.sums.get(kernel)!, y: y.sums.get(kernel)!, between: kernels[i]!.between() },
    ]),
  );
  return { crossings, nearest, sums, ofReference: x.neighbours };
}

function has({ pairs }: MetricContext, work: PairWork): boolean {
  return pairs === undefined || pairs.has(work);
}

/** What the passes over pairs must compute for some metrics. */
export function pairWorkOf(metrics: readonly Metric[]): ReadonlySet<PairWork> {
  return new Set(metrics.flatMap(({ pairs }) => pairs ?? []));
}

function pairsWithin({ rows }: Sample): number {
  return (rows * (rows - 1)) / 2;
}

/** One count of pairs for all passes of a comparison. */
function watchOf({ signal, onPairs }: MetricContext, total: number): PairWatch {
  let done = 0;
  return {
    signal,
    onPairs: (pairs: number) => {
      done += pairs;
      onPairs?.(done, total);
    },
  };
}

/**
 * Which rows lie in whose balls.
 *
 * @param k of the balls that are used
 * @throws StudyError with no more than k rows on a side
 */
export async function crossingsOf(
  draw: Sample,
  reference: Sample,
  context: MetricContext,
  k: number,
) {
  requireSamples(draw, reference, k + 1, `a ball to the ${k}th neighbour`);
  const { crossings } = await between(draw, reference, context);
  if (!crossings) throw new Error('balls were left out of the passes over pairs');
  return crossings;
}

/**
 * The nearest reference of each generated row, and that of each reference among the others.
 *
 * @throws StudyError with fewer than two rows on a side
 */
export async function nearestOf(draw: Sample, reference: Sample, context: MetricContext) {
  requireSamples(draw, reference, 2, 'a nearest neighbour');
  const { nearest, ofReference } = await between(draw, reference, context);
  if (!nearest || !ofReference)
    throw new Error('neighbours were left out of the passes over pairs');
  const { algebra, signal } = context;
  return {
    nearest: await nearest.exact(algebra.gemm, { signal }),
    ofReference: await ofReference.kth(1, algebra.gemm, { signal }),
  };
}

/** Sums of a kernel over all pairs. @throws StudyError below two rows */
export async function kernelSumsOf(
  kernel: Kernel,
  draw: Sample,
  reference: Sample,
  context: MetricContext,
): Promise<KernelSums> {
  requireSamples(draw, reference, 2, 'a mean over pairs');
  const sums = (await between(draw, reference, context)).sums.get(kernel);
  if (!sums) throw new Error('kernels were left out of the passes over pairs');
  return sums;
}
