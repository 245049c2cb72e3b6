import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { StudyError } from '../errors.ts';
import { onnxruntime } from '../onnx/runtime.ts';

/** Where a model runs: onnxruntime's execution providers, by its names. */
export const providers = ['cpu', 'cuda', 'dml', 'coreml'] as const;
export type Provider = (typeof providers)[number];

/** One device of a provider. */
export interface Place {
  readonly provider: Provider;
  /** The provider's number of the device, from 0; default: its first. */
  readonly device?: number | undefined;
}

const numbered: readonly Provider[] = ['cuda', 'dml'];

/**
 * Checks that this build of onnxruntime has a provider. Whether the machine has the device shows only
 * when a session opens.
 * @throws StudyError naming the available providers
 */
export function requireProvider(provider: string): asserts provider is Provider {
  const usable = usableProviders();
  if (!usable.some((name) => name === provider)) {
    throw new StudyError(
      `provider not available here: ${provider}`,
      `onnxruntime on this system is ${describeProviders(usable)}`,
    );
  }
}

/**
 * Where sessions of a model run: one on each named device, else one in all.
 * @throws StudyError for devices of a provider without a choice of devices, a device named twice, or
 * one that is not a whole number from 0 up
 */
export function placesOf(provider: Provider, devices?: readonly number[]): readonly Place[] {
  if (devices === undefined) return [{ provider }];
  if (!numbered.includes(provider)) {
    throw new StudyError(
      `provider ${provider} has no devices to choose from`,
      `leave --devices out, or use --provider ${numbered.join(' or ')}`,
    );
  }
  return checkDevices(devices).map((device) => ({ provider, device }));
}

/**
 * Whether a provider may round the factors of products to TF32, 10 bits of mantissa. onnxruntime's CUDA
 * provider does so by default, and its binding for Node has no option against it. NVIDIA's libraries
 * read an environment variable when they load; it is set here unless the user has set it. Call this on
 * the main thread before the first session opens.
 * @returns undefined for other providers
 */
export function settleTf32(provider: Provider): boolean | undefined {
  if (provider !== 'cuda') return undefined;
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  return process.env.NVIDIA_TF32_OVERRIDE !== '0';
}

/** @throws StudyError if the numbers are not a list of distinct devices */
export function checkDevices(devices: readonly number[]): readonly number[] {
  const hint = 'number them from 0, each once: --devices 0,1';
  if (devices.length === 0) throw new StudyError('no devices named', hint);
  for (const [i, device] of devices.entries()) {
    if (!Number.isSafeInteger(device) || device < 0) {
      throw new StudyError(`not a device number: ${device}`, hint);
    }
    if (devices.indexOf(device) < i) throw new StudyError(`device named twice: ${device}`, hint);
  }
  return devices;
}

/** The hint if a session cannot be opened. */
export function providerHint(provider: Provider): string {
  switch (provider) {
    case 'cpu':
      return 'is it an ONNX model?';
    case 'cuda':
      return "onnxruntime's CUDA libraries are a separate download, see docs/gpu.md; or use --provider cpu";
    default:
      return 'use --provider cpu';
  }
}

/**
 * Providers in one line. onnxruntime's npm package is built for CUDA on Linux, but CUDA's libraries are
 * a separate download.
 */
export function describeProviders(built: readonly Provider[]): string {
  const absent = new Set(withoutLibraries(built));
  const names = built.map((name) =>
    absent.has(name) ? `${name} (${name.toUpperCase()} libraries missing)` : name,
  );
  return `built for: ${names.join(', ')}`;
}

/** Providers that cannot run here: their library is not installed next to onnxruntime's. */
export function withoutLibraries(
  built: readonly Provider[],
  beside: readonly string[] = libraries(),
): Provider[] {
  const library = 'onnxruntime_providers_cuda';
  return built.filter((name) => name === 'cuda' && !beside.some((file) => file.includes(library)));
}

/** The files next to onnxruntime's binding for this system. */
function libraries(): string[] {
  const main = createRequire(import.meta.url).resolve('onnxruntime-node');
  const bin = join(main, '..', '..', 'bin');
  return entries(bin).flatMap((napi) => entries(join(bin, napi, process.platform, process.arch)));
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The providers of this build of onnxruntime. */
export function usableProviders(): Provider[] {
  const built = onnxruntime()
    .listSupportedBackends()
    .map(({ name }) => name);
  return providers.filter((name) => built.includes(name));
}
