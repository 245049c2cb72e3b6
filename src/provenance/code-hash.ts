import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Of, sha256Stream } from '../arrays/sha256.ts';
import { libraryVersion } from './environment.ts';

// src/ or dist/, whichever runs; the kernels are next to both.
const modules = fileURLToPath(new URL('..', import.meta.url));
const kernels = fileURLToPath(new URL('../../wasm', import.meta.url));
let known: string | undefined;
let knownOfDraws: string | undefined;
let knownOfImages: string | undefined;

/** Folders whose modules decide the FID of a draw; charts, commands and texts do not. */
export const OF_DRAWS: readonly string[] = [
  'arrays',
  'draws',
  'kernels',
  'linalg',
  'metrics',
  'onnx',
  'random',
  'surrogates',
];

/**
 * A hash (sha256, hex) of the code that computes the numbers: this package's own modules and kernels.
 * Only the same code may resume an earlier run. A version number is not enough, because the code of a
 * clone changes between versions. It works in an installed package too. Computed once per process.
 */
export function codeHash(): string {
  known ??= hashOfCode([modules, kernels]);
  return known;
}

/**
 * A hash of the code that decides the value of one draw, and of the version of onnxruntime, which
 * computes its products. A changed chart or text is no reason to repeat hours of draws.
 */
export function drawCodeHash(): string {
  knownOfDraws ??= sha256Of(
    hashOfCode([...OF_DRAWS.map((name) => join(modules, name)), kernels]),
    libraryVersion('onnxruntime-node'),
  );
  return knownOfDraws;
}

/** Folders whose modules decide the features of an image. */
const OF_IMAGES = [
  'arrays',
  'embeddings',
  'images',
  'kernels',
  'linalg',
  'metrics',
  'models',
  'onnx',
];

/** The same of features of images and their moments, and of the libraries that decode and multiply. */
export function imagesCodeHash(): string {
  knownOfImages ??= sha256Of(
    hashOfCode([...OF_IMAGES.map((name) => join(modules, name)), kernels]),
    libraryVersion('onnxruntime-node'),
    libraryVersion('sharp'),
  );
  return knownOfImages;
}

/** Hashes the names and bytes of all modules and kernels in some folders, and no other file. */
export function hashOfCode(folders: readonly string[]): string {
  const hash = sha256Stream();
  for (const folder of folders) {
    if (!existsSync(folder)) continue;
    const names = readdirSync(folder, { encoding: 'utf8', recursive: true }).filter(isCode).sort();
    for (const name of names) {
      const bytes = readFileSync(join(folder, name));
      hash.update(`${name.replaceAll('\\', '/')} ${bytes.length}\n`).update(bytes);
    }
  }
  return hash.digest('hex');
}

function isCode(name: string): boolean {
  // The bundle holds the same modules again.
  return /\.(js|ts|wasm)$/.test(name) && !/\.d\.ts$|^bundle[\\/]/.test(name);
}
