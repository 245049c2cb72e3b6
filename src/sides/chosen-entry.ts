import type { Content } from '../arrays/stored-array.ts';
import { openConverted } from '../embeddings/converted.ts';
import { StudyError } from '../errors.ts';
import { described, type Entry, entriesOf, severalEntries } from './entries.ts';
import type { FeaturesKind, ImagesKind, OneKind, SideKind, StatisticsKind } from './side-kind.ts';

/** Images that lie in a file next to its other arrays. */
export interface ImagesEntry {
  /** Of their array. */
  readonly name: string;
  readonly kind: ImagesKind;
}

/**
 * The side that a file of arrays holds. One set needs no name. Statistics and one set of rows are
 * both; of more, one is chosen by name.
 *
 * @param wanted names that the user gave; one that fits no set here may be of another side
 * @throws StudyError if the file holds no set, or several and none is chosen
 */
export function kindOfContent(
  path: string,
  content: Content,
  wanted: readonly string[],
  images?: ImagesEntry,
): SideKind {
  const found = entriesOf(content);
  const named = [...found.map(({ name }) => name), ...(images ? [images.name] : [])];
  const entries = named.length > 1 ? named : undefined;
  const entry = wanted.find((name) => named.includes(name));
  const open = (each: Entry) => ({ ...kindOfEntry(path, each, entries !== undefined), entries });
  if (entry !== undefined) {
    const chosen = found.find(({ name }) => name === entry);
    return { ...(chosen ? open(chosen) : { ...images!.kind, entries }), entry } as OneKind;
  }
  const statistics = found.filter(({ kind }) => kind === 'statistics');
  const features = preferred(found.filter(({ kind }) => kind === 'features'));
  const rows = features.length + (images ? 1 : 0);
  if (named.length === 0) throw noSet(path, content);
  if (statistics.length > 1 || rows > 1) throw severalEntries(path, named);
  const kindOfRows = features[0] ? (open(features[0]) as FeaturesKind) : images?.kind;
  if (!statistics[0]) return kindOfRows!;
  const kind = open(statistics[0]) as StatisticsKind;
  if (!kindOfRows) return kind;
  const notes = [...(kind.notes ?? []), ...(images ? [besideImages(path)] : [])];
  return { kind: 'both', path, entries, statistics: { ...kind, notes }, rows: kindOfRows };
}

/** Arrays that clean-fid and dgm-eval call so are the features, whatever lies next to them. */
const knownNames = ['feats', 'reps'];

function preferred<E extends Entry>(features: readonly E[]): readonly E[] {
  const known = features.filter(({ name }) => knownNames.includes(name));
  return known.length === 1 ? known : features;
}

function kindOfEntry(
  path: string,
  entry: Entry,
  isOneOfSeveral: boolean,
): FeaturesKind | StatisticsKind {
  if (entry.kind === 'features') {
    return { kind: 'features', path, open: async () => openConverted(path, await entry.read()) };
  }
  return {
    kind: 'statistics',
    path,
    notes: entry.notes.map((note) => `${path}: ${note}`),
    read: () => entry.read(path),
    ...(isOneOfSeveral && { part: entry.name }),
  };
}

function besideImages(path: string): string {
  return `${path} holds images too: its statistics are used, which are of more images than these. To use the images, run study extract --images ${path} and give its folder`;
}

function noSet(path: string, content: Content): StudyError {
  return new StudyError(
    `${path} holds neither statistics, features nor images but: ${described(content)}`,
    'statistics are mu [d] and sigma [d, d], features an array [N, d] of floats, images arr_0 uint8 [N, H, W, 3]',
  );
}
