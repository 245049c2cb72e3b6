import { describe, it } from 'vitest';
import { DIAGONAL, drawsOf, expectAlike, surrogateOf } from './gaussian-draws.ts';

// Above and below the dimension from which products are float32; see drawPrecision.
describe('blocks of rows by their moments', () => {
  it.each([
    [64, [100, 400], 600],
    [256, [600, 1200], 200],
  ])('are distributed as rows are in %i dimensions, sizes %j', async (d, sizes, seeds) => {
    const source = await surrogateOf(DIAGONAL, d);
    const rows = await drawsOf(source, 'normals', sizes, seeds);
    expectAlike(rows, await drawsOf(source, 'blocks', sizes, seeds));
  });
});
