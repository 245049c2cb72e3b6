import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { StudyError } from '../../src/errors.ts';
import {
  type FolderKind,
  holdingOf,
  requireFree,
  requireOutFolder,
} from '../../src/provenance/out-folder.ts';
import { temporaryFolder } from '../arrays/folder.ts';

const folder = temporaryFolder();
let count = 0;
function folderWith(name: string, text: string): string {
  const path = join(folder, String(count++));
  mkdirSync(path);
  writeFileSync(join(path, name), text);
  return path;
}
const manifestOf = (values: object) => folderWith('manifest.json', JSON.stringify(values));
const kinds: readonly FolderKind[] = [
  'embeddings',
  'sweep',
  'study',
  'estimate',
  'comparison',
  'plan',
  'correction',
];

describe('requireOutFolder', () => {
  it('lets each command into a folder of its own kind, and into no other’s', async () => {
    for (const kind of kinds) {
      const path = manifestOf({ format: `fid-study ${kind} 1` });
      for (const other of kinds) {
        const entering = requireOutFolder(path, other);
        if (other === kind) await entering;
        else await expect(entering).rejects.toThrow(/ holds .*, which would be overwritten$/);
      }
      await expect(requireFree(path)).rejects.toThrow(StudyError);
    }
  });

  it('tells studies apart by their kind', async () => {
    const path = manifestOf({ format: 'fid-study study 1', study: 'jitter' });
    await requireOutFolder(path, 'study', 'jitter');
    await expect(requireOutFolder(path, 'study', 'practice')).rejects.toThrow(
      `${path} holds a jitter study`,
    );
  });

  it('knows a run that was interrupted by its journal', async () => {
    await requireOutFolder(folderWith('draws.jsonl', ''), 'sweep');
    await expect(requireOutFolder(folderWith('draws.jsonl', ''), 'estimate')).rejects.toThrow(
      'holds a sweep',
    );
    await expect(requireOutFolder(folderWith('steps.jsonl', ''), 'sweep')).rejects.toThrow(
      'holds a study',
    );
  });

  it('writes over no manifest that is of something else', async () => {
    for (const text of [
      '{',
      'null',
      '[]',
      '{"format":"fid-study toString 1"}',
      '{"name":"my app"}',
    ]) {
      await expect(requireOutFolder(folderWith('manifest.json', text), 'plan')).rejects.toThrow(
        'holds a manifest.json of another program',
      );
    }
  });

  it('takes a folder that is empty or not there, and one beside other files', async () => {
    await requireOutFolder(join(folder, 'nowhere'), 'plan');
    await requireOutFolder(folderWith('notes.txt', ''), 'plan');
    await requireFree(join(folder, 'nowhere'));
  });
});

describe('holdingOf', () => {
  it('knows every folder of results/, those without a format too', async () => {
    const results = fileURLToPath(new URL('../../results', import.meta.url));
    const expected = { 'cifar10-cfm': 'sweep', jitter: 'study', 'estimate-halves': 'estimate' };
    for (const [name, kind] of Object.entries(expected)) {
      expect(JSON.parse(readFileSync(join(results, name, 'manifest.json'), 'utf8'))).toBeTruthy();
      expect((await holdingOf(join(results, name)))?.kind).toBe(kind);
    }
    expect(await holdingOf(join(results, 'peers'))).toBeUndefined();
  });
});
