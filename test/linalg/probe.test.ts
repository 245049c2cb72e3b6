import { spawnSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import type { LinearAlgebra } from '../../src/linalg/algebra.ts';
import { fastAlgebra } from '../../src/linalg/fast.ts';
import type { Floats, Gemm } from '../../src/linalg/gemm.ts';
import { functionsProbe, probeOf, roundingProbe } from '../../src/linalg/probe.ts';

const module = new URL('../../dist/linalg/probe.js', import.meta.url).href;

describe('roundingProbe', () => {
  it('is the same in every process of a machine, whatever the number of threads', async () => {
    const script = `import { functionsProbe, roundingProbe } from '${module}';
      console.log(JSON.stringify([await roundingProbe(), functionsProbe()]));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
    const probe = await roundingProbe();
    expect(probe).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.parse(String(stdout))).toEqual([probe, functionsProbe()]);
    for (const threads of [1, 2, 3]) {
      const algebra = fastAlgebra(threads);
      expect(await probeOf(algebra)).toBe(probe);
      await algebra.gemm.close();
    }
  });

  it('is computed once a process', () => {
    expect(roundingProbe()).toBe(roundingProbe());
  });

  it('is another where the last bit of one product is, in either precision, or of an eigenvalue', async () => {
    const fast = fastAlgebra(1);
    const seen = new Set([await roundingProbe()]);
    for (const Numbers of [Float64Array, Float32Array]) {
      seen.add(await probeOf({ ...fast, gemm: roundedElsewhere(fast.gemm, Numbers) }));
    }
    const changed: LinearAlgebra = {
      ...fast,
      async symmetricEigen(a, n) {
        const found = await fast.symmetricEigen(a, n);
        nudge(found.values, 0);
        return found;
      },
    };
    seen.add(await probeOf(changed));
    expect(seen.size).toBe(4);
    await fast.gemm.close();
  });
});

describe('functionsProbe', () => {
  it('is another where one function rounds otherwise', () => {
    const before = functionsProbe();
    const exp = vi.spyOn(Math, 'exp').mockImplementation((x) => (x > 0.4 ? 1.5 : 1));
    expect(functionsProbe()).not.toBe(before);
    exp.mockRestore();
    expect(functionsProbe()).toBe(before);
  });
});

/** The same products, but for the last bit of one number in each of one precision. */
function roundedElsewhere(gemm: Gemm, Numbers: new (length: number) => Floats): Gemm {
  return {
    ...gemm,
    async multiply(a, b, options) {
      const product = await gemm.multiply(a, b, options);
      if (product.data instanceof Numbers) nudge(product.data, product.data.length >> 1);
      return product;
    },
  };
}

function nudge(values: Floats, at: number): void {
  const { buffer, byteOffset, BYTES_PER_ELEMENT } = values;
  new Uint8Array(buffer, byteOffset + at * BYTES_PER_ELEMENT)[0]! ^= 1;
}
