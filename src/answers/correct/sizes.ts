/**
 * Sizes to show a reported FID at: 1, 2 and 5 times powers of ten between the two sizes of a conversion,
 * and both of them.
 *
 * @param to may be Infinity: the sizes then reach a thousand times the smaller one
 */
export function correctionSizes(from: number, to: number): number[] {
  const most = Number.isFinite(to) ? Math.max(from, to) : 1000 * from;
  const least = Math.min(from, to);
  const sizes = [from, ...(Number.isFinite(to) ? [to] : [])];
  for (let power = 1; power <= most; power *= 10) {
    sizes.push(...[1, 2, 5].map((factor) => factor * power).filter((n) => n > least && n < most));
  }
  return [...new Set(sizes)].sort((a, b) => a - b);
}
