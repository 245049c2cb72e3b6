import { readFileSync } from 'node:fs';

const modules = new Map<string, WebAssembly.Module>();

/**
 * Instantiates the kernel `wasm/NAME.wasm` (compiled once per thread) on a memory of its own, of at
 * least `bytes` bytes. The kernels are built without a runtime: the caller lays the memory out.
 */
export function loadKernel<Exports>(
  name: string,
  bytes: number,
): { exports: Exports; memory: WebAssembly.Memory } {
  let module = modules.get(name);
  if (!module) {
    // The same relative path from src/kernels and from dist/kernels.
    const file = new URL(`../../wasm/${name}.wasm`, import.meta.url);
    module = new WebAssembly.Module(readFileSync(file));
    modules.set(name, module);
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return { exports: instance.exports as Exports, memory };
}
