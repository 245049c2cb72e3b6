// Compiles every entry src/kernels/assembly/NAME.ts (files starting with `_` are parts) to
// wasm/NAME.wasm. The output is committed: users need neither this script nor AssemblyScript.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = 'src/kernels/assembly';

for (const file of readdirSync(`${root}${folder}`).filter((name) => /^[^_].*\.ts$/.test(name))) {
  const out = `wasm/${file.replace(/\.ts$/, '.wasm')}`;
  const { error, stderr } = await asc.main([
    `${folder}/${file}`,
    '--baseDir',
    root,
    '--outFile',
    out,
    '-O3',
    '--converge',
    '--noAssert',
    '--runtime',
    'stub',
    '--use',
    'abort=',
    '--enable',
    'simd',
    '--enable',
    'bulk-memory',
    '--importMemory',
  ]);
  if (error) {
    console.error(stderr.toString());
    process.exit(1);
  }
  console.log(out);
}
