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
  /** As the provider counts its devices, from 0; by default its first. */
  readonly device?: number | undefined;
}

const numbered: readonly Provider[] = ['cuda', 'dml'];

/**
 * Checks that this build of onnxruntime knows a provider. Whether the machine has the device shows
 * only when a session is opened.
 * @throws StudyError naming the providers that there are.
 */
export function requireProvider(provider: string): asserts provider is Provider {
  const usable = usableProviders();
  if (!usable.some((name) => name === provider)) {
    throw new StudyError(
      `no such provider here: ${provider}`,
      `onnxruntime on this system is ${describeProviders(usable)}`,
    );
  }
}

/**
 * Where sessions of a model run: one on each device that is named, else one.
 * @throws StudyError for devices of a provider that has none to choose from, one that is named
 * twice, or is not a whole number from 0 up
 */
export function placesOf(provider: Provider, devices?: readonly number[]): readonly Place[] {
  if (devices === undefined) return [{ provider }];
  if (!numbered.includes(provider)) {
    throw new StudyError(
      `provider ${provider} has no devices to choose from`,
      `leave --devices out, or name one that has: --provider ${numbered.join(' or ')}`,
    );
  }
  return checkDevices(devices).map((device) => ({ provider, device }));
}

/**
 * Whether a provider may round the factors of products to TF32, 10 bits of mantissa. onnxruntime's
 * CUDA provider does by default, and its binding for Node passes no option that forbids it, but
 * NVIDIA's libraries heed a variable when they are loaded: it is set here, unless the user has. To be
 * called on the main thread before the first session opens.
 * @returns undefined of other providers
 */
export function settleTf32(provider: Provider): boolean | undefined {
  if (provider !== 'cuda') return undefined;
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  return process.env.NVIDIA_TF32_OVERRIDE !== '0';
}

/** @throws StudyError where the numbers are no list of different devices */
export function checkDevices(devices: readonly number[]): readonly number[] {
  const hint = 'number them from 0, each once: --devices 0,1';
  if (devices.length === 0) throw new StudyError('no devices named', hint);
  for (const [i, device] of devices.entries()) {
    if (!Number.isSafeInteger(device) || device < 0) {
      throw new StudyError(`not a device's number: ${device}`, hint);
    }
    if (devices.indexOf(device) < i) throw new StudyError(`device named twice: ${device}`, hint);
  }
  return devices;
}

/** What to do where a session cannot be opened. */
export function providerHint(provider: Provider): string {
  switch (provider) {
    case 'cpu':
      return 'is it an ONNX model?';
    case 'cuda':
      return "onnxruntime's CUDA libraries are fetched apart, see docs/gpu.md; or use --provider cpu";
    default:
      return 'use --provider cpu';
  }
}

/**
 * Providers as a line for people: onnxruntime's npm package is built for CUDA on Linux, but CUDA's
 * libraries come apart.
 */
export function describeProviders(built: readonly Provider[]): string {
  const absent = new Set(withoutLibraries(built));
  const names = built.map((name) =>
    absent.has(name) ? `${name} (${name.toUpperCase()}'s libraries absent)` : name,
  );
  return `built for: ${names.join(', ')}`;
}

/** Those that cannot run here, whatever the machine has: their library is not beside onnxruntime's. */
export function withoutLibraries(
  built: readonly Provider[],
  beside: readonly string[] = libraries(),
): Provider[] {
  const library = 'onnxruntime_providers_cuda';
  return built.filter((name) => name === 'cuda' && !beside.some((file) => file.includes(library)));
}

/** The files beside onnxruntime's binding for this system. */
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

/** The providers that this build of onnxruntime knows. */
export function usableProviders(): Provider[] {
  const built = onnxruntime()
    .listSupportedBackends()
    .map(({ name }) => name);
  return providers.filter((name) => built.includes(name));
}
