import { loadKernel } from './load.ts';

/** Where a caller may start to lay out memory: what lies below is the kernel's static data. */
export const KERNEL_BASE = 1024;

/** A kernel and its memory. */
export interface Instance<Exports> {
  readonly exports: Exports;
  readonly memory: WebAssembly.Memory;
}

const instances = new Map<string, Instance<unknown>>();
/** Those that nobody has taken. */
const spares = new Map<string, Instance<unknown>>();

/**
 * This thread's instance of a kernel, with at least `bytes` bytes of memory: made at the first call,
 * grown (never shrunk) by later ones. What the memory holds is undefined, and views made before are
 * void: take `memory.buffer` after this call.
 */
export function sharedKernel<Exports>(name: string, bytes: number): Instance<Exports> {
  const instance = instances.get(name) ?? loadKernel<Exports>(name, bytes);
  instances.set(name, instance);
  return grown(instance, bytes) as Instance<Exports>;
}

/**
 * An instance of the caller's own until `keepKernel`: for work with products, which are asynchronous, so
 * that other calls run between them.
 */
export function takeKernel<Exports>(name: string, bytes: number): Instance<Exports> {
  const instance = spares.get(name) ?? loadKernel<Exports>(name, bytes);
  spares.delete(name);
  return grown(instance, bytes) as Instance<Exports>;
}

/** Keeps an instance for whom takes one next. */
export function keepKernel(name: string, instance: Instance<unknown>): void {
  spares.set(name, instance);
}

/** Frees the memory of instances that nobody has taken (90 MB for eigenvalues of order 2048). */
export function dropSpareKernels(): void {
  spares.clear();
}

function grown(instance: Instance<unknown>, bytes: number): Instance<unknown> {
  const missing = bytes - instance.memory.buffer.byteLength;
  if (missing > 0) instance.memory.grow(Math.ceil(missing / 65536));
  return instance;
}
