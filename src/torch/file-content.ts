import { diskError } from '../arrays/disk.ts';
import { readWhole } from '../arrays/regular-file.ts';
import type { Content } from '../arrays/stored-array.ts';
import { openZip } from '../arrays/zip.ts';
import { contentOf } from './content.ts';
import { Cursor, inFile } from './cursor.ts';
import { isLegacyTorch, readLegacyFile } from './legacy-file.ts';
import { readObjects } from './objects.ts';
import { safeContent, safeValues } from './safe-content.ts';
import { openSafetensors } from './safetensors.ts';
import { readTorchZip } from './torch-zip.ts';

/**
 * What a file of `torch.save` holds, today's zip. Tensors are read when they are asked for.
 *
 * @throws StudyError for anything else, naming the file and what was refused
 */
export function torchContent(path: string): Promise<Content> {
  return named(path, async () => {
    const zip = await openZip(path);
    try {
      const { value } = await readTorchZip(zip);
      return contentOf(value, (storage) =>
        named(path, async () => {
          // The file is not kept open from the look at it to the reading.
          const again = await openZip(path);
          try {
            await (await readTorchZip(again)).load(storage);
          } finally {
            await again.close();
          }
        }),
      );
    } finally {
      await zip.close();
    }
  });
}

/**
 * What a pickle holds: a .pkl, or PyTorch's legacy format.
 *
 * @throws StudyError as `torchContent`
 */
export function pickleContent(path: string): Promise<Content> {
  return named(path, async () => {
    const bytes = await readWhole(path);
    if (isLegacyTorch(bytes)) return contentOf(readLegacyFile(bytes).value);
    const cursor = new Cursor(bytes);
    return contentOf(readObjects(cursor, 'bare').value);
  });
}

/**
 * What a file of safetensors holds: tensors by name.
 *
 * @throws StudyError as `torchContent`
 */
export async function safetensorsContent(path: string): Promise<Content> {
  const file = openSafetensors(path);
  file.close();
  return safeContent(file, async (name) => {
    const again = openSafetensors(path);
    try {
      return safeValues(again, name);
    } finally {
      again.close();
    }
  });
}

async function named<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw inFile(path, diskError(error, path));
  }
}
