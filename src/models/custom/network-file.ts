import { dirname, isAbsolute, join, normalize } from 'node:path';
import { diskError } from '../../arrays/disk.ts';
import { readWhole } from '../../arrays/regular-file.ts';
import { sha256Of } from '../../arrays/sha256.ts';
import { StudyError } from '../../errors.ts';
import { decodeModel } from '../../onnx/encode.ts';
import { type Signature, signatureOf } from '../../onnx/signature.ts';
import { rememberedSha256 } from '../../provenance/remembered-hashes.ts';

/** Protobuf messages end at 2 GiB: larger networks keep their weights in other files. */
const largestNetwork = 2 ** 31 - 1;

/** Largest such file: 64 GiB. */
const largestWeights = 2 ** 36;

/** Some exporters write one file per tensor. */
const mostFiles = 65_536;

/** An ONNX file on disk, with the files of weights that it refers to. */
export interface NetworkFile {
  readonly path: string;
  readonly signature: Signature;
  readonly bytes: number;
  /** sha256 (hex) of the file. */
  readonly sha256: string;
  /** sha256 (hex) of each other file, by the name that the ONNX file gives it. */
  readonly external: ReadonlyMap<string, string>;
}

/**
 * Reads an ONNX file's inputs, outputs and hashes without running it.
 *
 * @throws StudyError if it cannot be read, is not an ONNX model, or refers to a file that is missing
 *   or outside its folder
 */
export async function readNetworkFile(path: string): Promise<NetworkFile> {
  const content = await readWhole(path, largestNetwork).catch((error) => {
    throw diskError(error, path);
  });
  const signature = signatureOf(decode(content, path));
  const { externalFiles } = signature;
  if (externalFiles.length > mostFiles) {
    throw new StudyError(
      `${path} keeps weights in ${externalFiles.length} files`,
      `save it again with its weights in at most ${mostFiles}`,
    );
  }
  const external = new Map<string, string>();
  const hashes = new Map<string, string>();
  for (const name of externalFiles) {
    // Several names may point to one file.
    const file = externalPath(path, name);
    const sha256 = hashes.get(file) ?? (await sha256OfWeights(file));
    hashes.set(file, sha256);
    external.set(name, sha256);
  }
  const sha256 = sha256Of(content);
  return { path, signature, bytes: content.length, sha256, external };
}

function decode(content: Uint8Array, path: string) {
  try {
    return decodeModel(content);
  } catch (cause) {
    if (!(cause instanceof StudyError)) throw cause;
    throw new StudyError(`${path} is not an ONNX model`, 'export the network to ONNX', { cause });
  }
}

function externalPath(path: string, name: string): string {
  const inside = normalize(name);
  if (name !== '' && !isAbsolute(name) && !/^\.\.([/\\]|$)/.test(inside)) {
    return join(dirname(path), inside);
  }
  throw new StudyError(
    `${path} keeps weights in a file outside its folder: ${name || "''"}`,
    'save it again with its weights inside it or in its folder',
  );
}

function sha256OfWeights(path: string): Promise<string> {
  return rememberedSha256(path, largestWeights).catch((error) => {
    throw diskError(error, path);
  });
}
