import { basename } from 'node:path';
import { diskError } from '../../arrays/disk.ts';
import { longestOfUsers, readText } from '../../arrays/regular-file.ts';
import { sha256Of } from '../../arrays/sha256.ts';
import { errorCode, StudyError } from '../../errors.ts';
import type { Adapter, Extractor } from '../extractor.ts';
import { type Description, parseDescription } from './description.ts';
import { fitOf, shown } from './fit.ts';
import { type NetworkFile, readNetworkFile } from './network-file.ts';
import { poolingGraph } from './pooling.ts';
import { modeOf, preprocessingGraph } from './preprocessing.ts';
import { propose } from './proposal.ts';

/** Whether `--model` names a user's file rather than a known model. */
export function isNetworkPath(model: string): boolean {
  return /\.onnx$/i.test(model);
}

/** The path of an ONNX file's description: next to it, with the same name. */
export function descriptionPath(path: string): string {
  return path.replace(/\.onnx$/i, '.json');
}

/**
 * The extractor made from an ONNX file and the JSON next to it.
 *
 * @param mode must be the description's own, if given
 * @throws StudyError if either cannot be read, or they do not match
 */
export async function customExtractor(path: string, mode?: string): Promise<Extractor> {
  const file = await readNetworkFile(path);
  const description = await readDescription(file);
  const made = extractorOf(file, description);
  if (mode === undefined || mode === made.mode) return made;
  throw new StudyError(
    `${path} has no mode ${mode}`,
    `its description has the mode ${made.mode}; leave --mode out`,
  );
}

/** @throws StudyError if the description does not match the file */
export function extractorOf(file: NetworkFile, description: Description): Extractor {
  const { path, signature, sha256, external } = file;
  const { type, batch, dimension } = fitOf(description, signature, path);
  const adapter: Adapter = {
    before: preprocessingGraph(description, type),
    input: description.input.name,
    output: description.output.name,
    after: poolingGraph(description),
    batch,
  };
  const onnx = { sha256, external: Object.fromEntries(external) };
  return {
    name: basename(path).replace(/\.onnx$/i, ''),
    mode: modeOf(description),
    dimension,
    sha256: hashOf(onnx, adapter),
    path,
    comparable: false,
    adapter,
    settings: { onnx, description },
  };
}

/** Covers everything that features depend on: the network, its weights and the adapter. */
function hashOf(onnx: object, { before, after, input, output, batch }: Adapter): string {
  const adapter = { before: sha256Of(before), after: sha256Of(after), input, output, batch };
  return sha256Of(JSON.stringify({ onnx, adapter }));
}

async function readDescription({ path, signature }: NetworkFile): Promise<Description> {
  const at = descriptionPath(path);
  const text = await readText(at, longestOfUsers).catch((error) => {
    if (errorCode(error) !== 'ENOENT') throw diskError(error, at);
    const { json, toCheck } = propose(signature);
    const found = [
      `${path} takes ${signature.inputs.map(shown).join(', ') || 'nothing'}`,
      `  and gives ${signature.outputs.map(shown).join(', ') || 'nothing'}; write ${at}, such as:`,
    ];
    const checks = toCheck.map((line) => `check ${line}`);
    throw new StudyError(
      `no description of ${path}: there is no ${at}`,
      [...found, json, ...checks].join('\n').replaceAll('\n', '\n  '),
    );
  });
  return parseDescription(text, at);
}
