import { StudyError } from '../../errors.ts';

/**
 * Refuses a folder that holds more than one split of a data set, by the names that Hugging Face gives:
 * `data/train-00000-of-00002.parquet`, or `train/0000.parquet`.
 * @throws StudyError naming the splits
 */
export function requireOneSplit(path: string, files: readonly string[]): void {
  const splits = new Map<string, string>();
  for (const name of files) {
    const [, folder = '', split, end] =
      /^((?:.*\/)?)([^/]+)(-\d{5}-of-\d{5}|\/\d{4,5})\.parquet$/i.exec(name) ?? [];
    if (split !== undefined) splits.set(split, `${folder}${split}${end![0]}*.parquet`);
  }
  if (splits.size < 2) return;
  const [first] = splits.values();
  throw new StudyError(
    `${path} holds several splits of a data set: ${[...splits.keys()].join(', ')}`,
    `name one by its files: '${path}/${first}'`,
  );
}
