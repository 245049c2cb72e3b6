import { type FileMetaData, parquetSchema, type SchemaElement, type SchemaTree } from 'hyparquet';
import { z } from 'zod';
import { StudyError } from '../../errors.ts';
import { understood } from './footer.ts';

/** A column without repeated values: a value, or null, in each row. */
export interface Column {
  /** `image.bytes` */
  readonly name: string;
  readonly type: string;
  /** Definition level of a value that is there; below it, it is null. */
  readonly levels: number;
}

/** Columns of classes. */
export interface LabelColumn extends Column {
  /** Of the numbers, where the file tells. */
  readonly names?: readonly string[];
}

/**
 * Finds the column of images: a struct of `bytes` and `path`, as `datasets` writes; or else the only
 * one of bytes.
 * @param wanted the one that the user named
 * @throws StudyError if there is none, or several and none was named
 */
export function imageColumn(
  metadata: FileMetaData,
  path: string,
  wanted: string | undefined,
): Column {
  const top = topColumns(metadata, path);
  const all = top.map(({ element }) => element.name);
  const structs = top.filter((each) => bytesOf(each) && each.children.length > 0);
  const plain = top.filter((each) => bytesOf(each) && each.children.length === 0);
  if (wanted !== undefined) {
    const named = [...structs, ...plain].find(({ element }) => element.name === wanted);
    if (named) return bytesOf(named)!;
    const isThere = all.includes(wanted);
    throw new StudyError(
      `the column ${wanted} ${isThere ? 'holds no images' : 'is not'} in ${path}; its columns: ${listed(top)}`,
      'name a column of bytes, or of a struct of bytes and path, by --column',
    );
  }
  const found = structs.length > 0 ? structs : plain;
  const [only, ...others] = found.map((each) => each.element.name);
  if (only === undefined) {
    throw new StudyError(
      `no column of images in ${path}; its columns: ${listed(top)}`,
      'images are a struct of bytes and path, as the datasets library writes them, or bytes',
    );
  }
  if (others.length > 0) {
    throw new StudyError(
      `several columns of images in ${path}: ${[only, ...others].join(', ')}`,
      `choose one: --column ${only}`,
    );
  }
  return bytesOf(found[0]!)!;
}

const features = z.object({
  info: z.object({ features: z.record(z.string(), z.unknown()) }),
});
const classLabel = z.object({ _type: z.literal('ClassLabel'), names: z.array(z.string()) });

/**
 * Finds the column of classes: what `datasets` calls a ClassLabel, or else a column called label.
 * @returns undefined if there is none
 * @throws StudyError if there are several
 */
export function labelColumn(metadata: FileMetaData, path: string): LabelColumn | undefined {
  const top = topColumns(metadata, path);
  const known = new Map<string, readonly string[]>();
  for (const [name, feature] of Object.entries(featuresOf(metadata))) {
    const found = classLabel.safeParse(feature);
    if (found.success) known.set(name, found.data.names);
  }
  const candidates = top.filter(
    ({ element: { name }, children }) =>
      children.length === 0 &&
      (known.has(name) || /^(?:label|labels|class|target|cls)$/.test(name)),
  );
  const labelled = candidates.filter(({ element }) => known.has(element.name));
  const found = labelled.length > 0 ? labelled : candidates;
  if (found.length > 1) {
    const names = found.map(({ element }) => element.name);
    throw new StudyError(
      `several columns of classes in ${path}: ${names.join(', ')}`,
      `write one to a text file: python3 -c "import pyarrow.parquet as p; print(*p.read_table('${path}')['${names[0]}'].to_pylist(), sep='\\n')" > labels.txt, and give --labels labels.txt`,
    );
  }
  const column = found[0] && leafOf(found[0]);
  if (!column || !['INT32', 'INT64', 'BYTE_ARRAY'].includes(column.type)) return undefined;
  const names = known.get(column.name);
  return { ...column, ...(names && { names }) };
}

function featuresOf({ key_value_metadata = [] }: FileMetaData): Record<string, unknown> {
  const text = key_value_metadata.find(({ key }) => key === 'huggingface')?.value;
  try {
    return features.parse(JSON.parse(text ?? '')).info.features;
  } catch {
    return {};
  }
}

function topColumns(metadata: FileMetaData, path: string): readonly SchemaTree[] {
  return understood(path, () => parquetSchema(metadata).children);
}

function bytesOf(column: SchemaTree): Column | undefined {
  if (column.children.length === 0) {
    const isBytes = column.element.type === 'BYTE_ARRAY' && !isText(column.element);
    return isBytes ? leafOf(column) : undefined;
  }
  if (column.element.repetition_type === 'REPEATED') return undefined;
  const bytes = column.children.find(({ element }) => element.name === 'bytes');
  return bytes?.element.type === 'BYTE_ARRAY' ? leafOf(bytes, column) : undefined;
}

/** Text, JSON or such: what pyarrow calls binary has none of these. */
function isText({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type !== undefined || logical_type !== undefined;
}

function leafOf(leaf: SchemaTree, parent?: SchemaTree): Column | undefined {
  const chain = parent ? [parent, leaf] : [leaf];
  if (leaf.children.length > 0) return undefined;
  if (chain.some(({ element }) => element.repetition_type === 'REPEATED')) return undefined;
  return {
    name: chain.map(({ element }) => element.name).join('.'),
    type: leaf.element.type ?? '',
    levels: chain.filter(({ element }) => element.repetition_type !== 'REQUIRED').length,
  };
}

/** Columns with what they hold, for messages. */
function listed(columns: readonly SchemaTree[]): string {
  const shown = columns.slice(0, 16).map(({ element, children }) => {
    const holds = children.map((child) => child.element.name).slice(0, 4);
    const bytes = isText(element) ? 'text' : 'bytes';
    const type = element.type === 'BYTE_ARRAY' ? bytes : element.type?.toLowerCase();
    return `${element.name} (${type ?? `of ${holds.join(', ')}`})`;
  });
  return (shown.join(', ') || 'none') + (columns.length > 16 ? ', …' : '');
}
