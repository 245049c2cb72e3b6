import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256Of, sha256Stream } from '../arrays/sha256.ts';
import { libraryVersion } from './environment.ts';

// src/ or dist/, whichever runs; the kernels lie beside both.
const modules = fileURLToPath(new URL('..', import.meta.url));
const kernels = fileURLToPath(new URL('../../wasm', import.meta.url));
let known: string | undefined;
let knownOfDraws: string | undefined;

/** Folders whose modules decide the FID of a draw: charts, commands and texts are not among them. */
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
 * What computes the numbers, as a hash (sha256, hex): this package's own modules and kernels. What an
 * earlier run has left is taken over by the same code only; a version number would not do, for in a
 * clone the code changes under it. Works in an installed package too. Computed once a process.
 */
export function codeHash(): string {
  known ??= hashOfCode([modules, kernels]);
  return known;
}

/**
 * The same of what decides the value of one draw, with the version of onnxruntime, whose products they
 * are made of: a change of a chart or of a text is no reason to draw for hours again.
 */
export function drawCodeHash(): string {
  knownOfDraws ??= sha256Of(
    hashOfCode([...OF_DRAWS.map((name) => join(modules, name)), kernels]),
    libraryVersion('onnxruntime-node'),
  );
  return knownOfDraws;
}

/** Hashes the names and bytes of all modules and kernels in some folders; no other file counts. */
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
  return /\.(js|ts|wasm)$/.test(name) && !name.endsWith('.d.ts');
}
