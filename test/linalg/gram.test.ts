import { expect, it } from 'vitest';
import { onnxGemm } from '../../src/linalg/gemm.ts';
import { lowerGram, PANEL } from '../../src/linalg/gram.ts';
import { integerMatrix, plainGemm, transposed } from './plain.ts';

const gemm = onnxGemm(1);

it.each([0, 1, PANEL - 1, PANEL, PANEL + 1, 2 * PANEL, 2 * PANEL + 7])(
  'gives the lower triangle of the Gram matrix of %i rows, exactly for integers',
  async (n) => {
    const w = integerMatrix(n, 6, 'rows');
    const found = await lowerGram(w, gemm);
    const expected = await plainGemm.multiply(w, transposed(w));
    expect(found).toMatchObject({ rows: n, columns: n });
    let wrong = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        if (found.data[i * n + j] !== expected.data[i * n + j]) wrong++;
      }
    }
    expect(wrong).toBe(0);
  },
);
