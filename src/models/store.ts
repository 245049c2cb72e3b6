import { rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { makeFolder, temporaryName } from '../arrays/disk.ts';
import { longestOfUsers, readText } from '../arrays/regular-file.ts';
import { sha256Of } from '../arrays/sha256.ts';
import { checks, type TakenFile } from '../downloads/hub-file.ts';
import { errorCode, StudyError } from '../errors.ts';
import { cacheFolder } from '../provenance/cache-folder.ts';
import { rememberedSha256 } from '../provenance/remembered-hashes.ts';
import type { KnownModel, Model } from './model.ts';

/** The note next to a model's ONNX file: what it is and where it came from. */
const noteSchema = z.object({
  model: z.string(),
  recipe: z.number(),
  sha256: z.string(),
  source: z.string(),
  digest: z.string(),
  licence: z.string(),
  /** For weights of the hub: what their sha256 was compared with. */
  checked: z.enum(checks).optional(),
});
type Note = z.infer<typeof noteSchema>;

/** The state of a model's file in the cache folder. */
export type Stored =
  | {
      state: 'ready';
      sha256: string;
      /** Of the weights of a model of the hub, hex. */
      weights?: string;
    }
  | { state: 'absent' | 'stale' | 'damaged' };

/** The path of a model's ONNX file, whether or not it exists. */
export function modelPath(name: string, file = name): string {
  return join(cacheFolder('models', name), `${file}.onnx`);
}

const elsewhere = 'set STUDY_CACHE to a folder that you can read and write';

const notePath = ({ name, file }: Model) => modelPath(name, file).replace(/onnx$/, 'json');

/**
 * Looks a model up in the cache folder and checks its file against the note's sha256. A file built by
 * another recipe or from another source is `stale`; a file without its note is `absent`, because the
 * note is written last.
 *
 * @throws StudyError if the cache folder cannot be read
 */
export async function inspectModel(model: Model): Promise<Stored> {
  const text = await readText(notePath(model), longestOfUsers).catch(undefinedIfAbsent);
  if (text === undefined) return { state: 'absent' };
  const note = parseNote(text);
  if (!note) return { state: 'damaged' };
  const isOfSource = 'hub' in model || note.digest === digestText(model);
  if (note.recipe !== model.recipe || !isOfSource) return { state: 'stale' };
  const sha256 = await rememberedSha256(modelPath(model.name, model.file)).catch(undefinedIfAbsent);
  if (sha256 !== note.sha256) return { state: 'damaged' };
  if (!('hub' in model)) return { state: 'ready', sha256 };
  return { state: 'ready', sha256, weights: hexOf(note.digest) };
}

/**
 * Stores a model's ONNX file. Each file is renamed into place once complete, the note last. Two
 * processes that pull at once write the same bytes, so either may win.
 *
 * @param weights that a model of the hub was built from
 * @throws StudyError if the cache folder cannot be written, for example because the disk is full
 */
export async function storeModel(
  model: Model,
  onnx: Uint8Array,
  weights?: Pick<TakenFile, 'sha256' | 'checked' | 'from'>,
): Promise<void> {
  const note: Note = {
    model: model.name,
    recipe: model.recipe,
    sha256: sha256Of(onnx),
    ...originOf(model, weights),
    licence: model.licence,
  };
  const path = modelPath(model.name, model.file);
  try {
    await makeFolder(dirname(path));
    await writeWhole(path, onnx);
    await writeWhole(notePath(model), `${JSON.stringify(note, null, 2)}\n`);
  } catch (cause) {
    const code = errorCode(cause);
    if (!code) throw cause;
    throw new StudyError(
      `cannot write ${path}: ${(cause as Error).message}`,
      code === 'ENOSPC' ? `free some space, or ${elsewhere}` : elsewhere,
      { cause },
    );
  }
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

function parseNote(text: string): Note | undefined {
  try {
    return noteSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function originOf(
  model: Model,
  weights?: Pick<TakenFile, 'sha256' | 'checked' | 'from'>,
): Pick<Note, 'source' | 'digest' | 'checked'> {
  if (!('hub' in model)) {
    return { source: model.source.description, digest: digestText(model) };
  }
  if (!weights) throw new Error(`${model.name} was built from no weights`);
  const { sha256, checked, from } = weights;
  const base64 = Buffer.from(sha256, 'hex').toString('base64');
  return { source: `${model.hub.what} from ${from}`, digest: `sha256-${base64}`, checked };
}

function digestText({ source: { digest } }: KnownModel): string {
  return `${digest.algorithm}-${digest.base64}`;
}

function hexOf(digest: string): string {
  return Buffer.from(digest.replace(/^sha256-/, ''), 'base64').toString('hex');
}

function undefinedIfAbsent(cause: unknown): undefined {
  const code = errorCode(cause);
  if (!code) throw cause;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  throw new StudyError(`cannot read the cache folder: ${(cause as Error).message}`, elsewhere, {
    cause,
  });
}
