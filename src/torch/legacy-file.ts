import { StudyError } from '../errors.ts';
import { Cursor, damaged, shown } from './cursor.ts';
import { plainHost, readPickle } from './pickle.ts';
import { readStateDict, type StateDict } from './state-dict.ts';
import { byteLength } from './tensor.ts';

const magic = 0x1950a86a20f9469cfc6cn;
const protocol = 1001;

/**
 * Reads weights that PyTorch saved in its legacy format (the default before 1.6, and
 * `_use_new_zipfile_serialization=False` since), without running anything that they hold: five
 * pickles, then for each storage its number of elements and its bytes. Storages are views of the
 * file: nothing is copied before a tensor's values are asked for.
 *
 * Source of the format: `_legacy_save` in PyTorch's `torch/serialization.py`.
 *
 * @param file the whole file
 * @param cut accepts a file that ends early; storages beyond its end have no bytes
 * @throws StudyError for anything that is not such a file of a flat dict of float32 and int64
 *   tensors, naming what was refused
 */
export function readLegacyFile(file: Uint8Array, { cut = false } = {}): StateDict {
  const cursor = new Cursor(file);
  if (file[0] === 0x50 && file[1] === 0x4b) {
    throw new StudyError(
      'unreadable PyTorch file: a zip, not the legacy format',
      'save the weights again in the legacy format: docs/own-weights.md of this package has the lines that do it',
    );
  }
  if (readPickle(cursor, plainHost) !== magic) throw damaged('its magic number is another');
  if (readPickle(cursor, plainHost) !== protocol) throw damaged('its protocol is not 1001');
  const system = readPickle(cursor, plainHost);
  if (!(system instanceof Map) || system.get('little_endian') !== true) {
    throw damaged('it is not little-endian');
  }
  const state = readStateDict(cursor);
  placeStorages(cursor, readPickle(cursor, plainHost), state, cut);
  return state;
}

/** Storages follow in the order of the list, each with its number of elements before it. */
function placeStorages(cursor: Cursor, keys: unknown, { storages }: StateDict, cut: boolean): void {
  if (!Array.isArray(keys) || keys.length !== storages.size) {
    throw damaged('its list of storages does not fit its tensors');
  }
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage || storage.bytes) throw damaged('its list of storages does not fit its tensors');
    if (cut && cursor.left < 8 + byteLength(storage)) return;
    const length = cursor.int64();
    if (length !== BigInt(storage.length)) {
      throw damaged(`storage ${shown(storage.key)} has ${length} elements, not ${storage.length}`);
    }
    storage.bytes = cursor.take(byteLength(storage));
  }
  if (cursor.left > 0) throw damaged(`${cursor.left} bytes follow its last storage`);
}
