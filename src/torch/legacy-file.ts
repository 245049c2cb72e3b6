import { Cursor, damaged, shown } from './cursor.ts';
import { type PickledObjects, readObjects } from './objects.ts';
import { byteLength, type TorchStorage } from './tensor.ts';

const magic = 0x1950a86a20f9469cfc6cn;
const protocol = 1001;

/** Whether a file begins as PyTorch's legacy format: a pickle of its magic number. */
export function isLegacyTorch(head: Uint8Array): boolean {
  const start = Buffer.from('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.', 'latin1');
  return start.equals(head.subarray(0, start.length));
}

/**
 * Reads what PyTorch saved in its legacy format (the default before 1.6, and
 * `_use_new_zipfile_serialization=False` since), without running anything that it holds: five pickles,
 * then for each storage its number of elements and its bytes. Storages are views of the file: nothing
 * is copied before a tensor's values are asked for.
 *
 * Source of the format: `_legacy_save` in PyTorch's `torch/serialization.py`.
 *
 * @param file the whole file
 * @param cut accepts a file that ends early; storages beyond its end have no bytes
 * @throws StudyError for anything that is not such a file, naming what was refused
 */
export function readLegacyFile(file: Uint8Array, { cut = false } = {}): PickledObjects {
  const cursor = new Cursor(file);
  const plain = () => readObjects(cursor, 'bare').value;
  if (plain() !== magic) throw damaged('its magic number is another');
  if (plain() !== protocol) throw damaged('its protocol is not 1001');
  const system = plain();
  if (!(system instanceof Map) || system.get('little_endian') !== true) {
    throw damaged('it is not little-endian');
  }
  const objects = readObjects(cursor, 'legacy');
  placeStorages(cursor, plain(), objects.storages, cut);
  return objects;
}

/** Storages follow in the order of the list, each with its number of elements before it. */
function placeStorages(
  cursor: Cursor,
  keys: unknown,
  storages: ReadonlyMap<string, TorchStorage>,
  cut: boolean,
): void {
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
