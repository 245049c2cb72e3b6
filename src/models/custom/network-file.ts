import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { diskError } from '../../arrays/disk.ts';
import { sha256Of, sha256OfFile } from '../../arrays/sha256.ts';
import { StudyError } from '../../errors.ts';
import { decodeModel } from '../../onnx/encode.ts';
import { type Signature, signatureOf } from '../../onnx/signature.ts';

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
 * Reads what there is to know of an ONNX file; nothing of it is run.
 *
 * @throws StudyError where it cannot be read, is no ONNX model, or refers to a file that is not there
 *   or lies outside its folder
 */
export async function readNetworkFile(path: string): Promise<NetworkFile> {
  const content = await readFile(path).catch((error) => {
    throw unreadable(error, path);
  });
  const signature = signatureOf(decode(content, path));
  const external = new Map<string, string>();
  for (const name of signature.externalFiles) {
    external.set(name, await sha256OfWeights(externalPath(path, name)));
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
    'save it again with its weights inside or beside it',
  );
}

function sha256OfWeights(path: string): Promise<string> {
  return sha256OfFile(path).catch((error) => {
    throw unreadable(error, path);
  });
}

/** Node cannot hold a file of more than 2 GiB in one buffer, nor protobuf in one message. */
function unreadable(error: unknown, path: string): unknown {
  if ((error as { code?: string }).code !== 'ERR_FS_FILE_TOO_LARGE') return diskError(error, path);
  return new StudyError(`${path} is larger than 2 GiB`, 'save it with its weights in another file');
}
