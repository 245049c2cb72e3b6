import { loadKernel } from './load.ts';

/** Where a caller may start to lay out memory: what lies below is the kernel's static data. */
export const KERNEL_BASE = 1024;

const instances = new Map<string, { exports: unknown; memory: WebAssembly.Memory }>();

/**
 * This thread's instance of a kernel, with at least `bytes` bytes of memory: made at the first call,
 * grown (never shrunk) by later ones. What the memory holds is undefined, and views made before are
 * void: take `memory.buffer` after this call.
 */
export function sharedKernel<Exports>(
  name: string,
  bytes: number,
): { exports: Exports; memory: WebAssembly.Memory } {
  let instance = instances.get(name);
  if (!instance) {
    instance = loadKernel<Exports>(name, bytes);
    instances.set(name, instance);
  }
  const missing = bytes - instance.memory.buffer.byteLength;
  if (missing > 0) instance.memory.grow(Math.ceil(missing / 65536));
  return { exports: instance.exports as Exports, memory: instance.memory };
}

/** Gives back the memory of a kernel that is not needed again soon. */
export function releaseKernel(name: string): void {
  instances.delete(name);
}
