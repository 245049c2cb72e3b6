import cholesky from '../../wasm/cholesky.wasm';
import eigenvalues from '../../wasm/eigenvalues.wasm';
import eigenvectors from '../../wasm/eigenvectors.wasm';
import gemm from '../../wasm/gemm.wasm';
import scatter from '../../wasm/scatter.wasm';

const bytes: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  cholesky,
  eigenvalues,
  eigenvectors,
  gemm,
  scatter,
};
const modules = new Map<string, WebAssembly.Module>();

/** As `src/kernels/load.ts`, of kernels that are in the bundle. */
export function loadKernel<Exports>(
  name: string,
  size: number,
): { exports: Exports; memory: WebAssembly.Memory } {
  let module = modules.get(name);
  if (!module) {
    module = new WebAssembly.Module(bytes[name]!);
    modules.set(name, module);
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil(size / 65536) });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return { exports: instance.exports as Exports, memory };
}
