import { availableParallelism } from 'node:os';
import { sha256Of } from '../arrays/sha256.ts';
import { StudyError } from '../errors.ts';
import { largestBatch } from '../models/custom/fit.ts';
import type { Extractor } from '../models/extractor.ts';
import { environment } from '../provenance/environment.ts';
import type { Manifest } from './manifest.ts';
import { defaultBatch, defaultNetworks } from './network-count.ts';
import type { NetworkOptions } from './options.ts';
import { type Place, type Provider, placesOf, requireProvider, settleTf32 } from './provider.ts';

/** How a network runs, as the manifest states it. */
export type Settings = Manifest['extraction'] & { readonly provider: Provider };

/** Most threads of a network, and most networks in parallel. */
const mostThreads = 1024;

/** @throws StudyError for an invalid number of images, threads or networks */
function requireNumber(what: string, value: number | undefined, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1 && value <= most)) return;
  throw new StudyError(`invalid ${what}: ${value}`, `give a whole number from 1 to ${most}`);
}

/** How a network is to run, and which. */
interface RunOptions extends NetworkOptions {
  readonly extractor?: Pick<Extractor, 'path' | 'adapter'> | undefined;
}

/** @throws StudyError for a missing provider, and for threads that would not be deterministic */
export function settingsOf(options: RunOptions): Settings {
  const { provider = 'cpu', devices, threads, deterministic = false, networks } = options;
  requireNumber('batch size', options.batchSize, largestBatch);
  requireNumber('number of threads', threads, mostThreads);
  requireNumber('number of networks', networks, mostThreads);
  requireProvider(provider);
  const tf32 = settleTf32(provider);
  const common = {
    provider,
    ...(tf32 !== undefined && { tf32 }),
    ...(devices && { devices: [...devices] }),
    batchSize: options.batchSize ?? defaultBatch(provider, options.extractor?.adapter?.batch),
  };
  if (!deterministic) return { ...common, threads: threads ?? threadsOf(options, common) };
  if (threads !== undefined && threads !== 1) {
    throw new StudyError(
      `deterministic extraction on ${threads} threads of one network`,
      'each batch runs on one thread: give --networks for networks in parallel',
    );
  }
  return { ...common, threads: 1, deterministic };
}

/** Cores that the networks leave to each; on other devices than processors all of them. */
function threadsOf(
  { networks, extractor }: RunOptions,
  { provider, batchSize }: Pick<Settings, 'provider' | 'batchSize'>,
): number {
  const cores = availableParallelism();
  if (provider !== 'cpu') return cores;
  return Math.max(1, Math.floor(cores / (networks ?? defaultNetworks(extractor?.path, batchSize))));
}

/** Where sessions run: several networks fill a processor, unless one is to have many threads. */
export function sessionsOf(
  { devices, networks, threads, extractor }: RunOptions,
  { provider, batchSize, deterministic }: Settings,
): readonly Place[] {
  const places = placesOf(provider, devices);
  if (provider !== 'cpu') return places;
  const isOne = threads !== undefined && !deterministic;
  const count = networks ?? (isOne ? 1 : defaultNetworks(extractor?.path, batchSize));
  return Array.from({ length: count }, () => ({ provider }));
}

/**
 * Names a set by its content: the model's file, its mode and the images' bytes. A deterministic set
 * has a different name from any other.
 */
export function cacheKey(
  { sha256, mode }: Extractor,
  imagesHash: string,
  settings: Settings,
): string {
  const promised = promiseOf(settings);
  const content = JSON.stringify({ model: sha256, mode, images: imagesHash, promised });
  return sha256Of(content);
}

/** What a deterministic set promises its bits for; false for any other. */
export function promiseOf({ deterministic, ...settings }: Settings) {
  const { cpu, instructions, libraries } = environment();
  const { 'onnxruntime-node': onnxruntime, sharp } = libraries;
  return deterministic && { settings, cpu, instructions, onnxruntime, sharp };
}

/** Names what can move a row's last bits: a set may be gone on with elsewhere. */
export function makerOf(settings: Settings): string {
  const { cpu, instructions, libraries } = environment();
  const { 'onnxruntime-node': onnxruntime, sharp } = libraries;
  return sha256Of(JSON.stringify({ settings, cpu, instructions, onnxruntime, sharp })).slice(0, 16);
}
