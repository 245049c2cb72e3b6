// Writes scipy.json beside this file: FIDs of the study's first draws by pytorch-fid's formula in
// SciPy, in double and in single precision. Needs `npm run build` and a Python with NumPy and SciPy;
// the study itself only reads the file.
//
//   node experiments/cause/scipy.mjs [python3]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sharedAlgebra } from '../../dist/linalg/fast.js';
import { drawKey } from '../../dist/studies/cause/gap.js';
import { whiteMoments } from '../../dist/studies/cause/moments.js';
import { loadSurrogate } from '../../dist/surrogates/load.js';

const here = dirname(fileURLToPath(import.meta.url));
const { source, sizes } = JSON.parse(readFileSync(join(here, '../cause.json'), 'utf8'));
const algebra = sharedAlgebra();
const { geometry } = (await loadSurrogate(source, algebra)).source;
const d = geometry.dimension;
const folder = mkdtempSync(join(tmpdir(), 'scipy-'));
const write = (name, values) => writeFileSync(join(folder, name), Buffer.from(values.buffer));
const deviations = geometry.map.values;
write(
  'q',
  geometry.whitened.values.map((root, i) => (root / deviations[i]) ** 2),
);
for (const size of sizes) {
  const { mean, covariance } = await whiteMoments(d, size, drawKey(size, 1), algebra);
  const p = covariance.data.map((value, k) => {
    return deviations[Math.floor(k / d)] * value * deviations[k % d];
  });
  write(`p-${size}`, p);
  write(
    `mu-${size}`,
    geometry.offset.map((offset, i) => offset + deviations[i] * mean[i]),
  );
}
const python = process.argv[2] ?? 'python3';
const words = [join(here, 'scipy_fid.py'), folder, String(d), ...sizes.map(String)];
writeFileSync(join(here, 'scipy.json'), execFileSync(python, words));
rmSync(folder, { recursive: true });
