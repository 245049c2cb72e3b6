import { openImages } from '../../src/images/open.ts';
import { setFile } from './sets.ts';

/** Files that other tools wrote, and what they are. Every command takes a side through the same reader. */
const files = [
  ['wds-{000000..000001}.tar', 'shards of WebDataset'],
  ['wds-*.tar', 'the same by a pattern'],
  ['classes.tar', 'a tar of tars, as ImageNet’s'],
  ['pax.tar', 'long names as PAX'],
  ['gnu.tar', 'long names as GNU'],
  ['v7.tar', 'a tar from before POSIX, with links'],
  ['snappy.parquet', 'Parquet of `datasets`'],
  ['zstd.parquet', 'the same, zstd'],
  ['gzip-v2.parquet', 'the same, gzip, pages of version 2'],
  ['plain.parquet', 'Parquet with a column of bytes'],
  ['images.npy', '`numpy.save` of samples'],
  ['samples.npz', 'an .npz with one array of images'],
  ['adm.npz', 'ADM’s samples with classes'],
  ['wds-{0..1}.tar', 'shards that are not there'],
  ['wds-00000{0..2}.tar', 'a shard is missing'],
  ['sparse-gnu.tar', 'sparse files'],
  ['two-images.parquet', 'two columns of images'],
  ['paths.parquet', 'paths instead of images'],
  ['texts.parquet', 'no images'],
  ['delta.parquet', 'another encoding'],
  ['two.npz', 'two arrays of images'],
  ['channels-first.npy', 'NCHW'],
  ['unit.npy', 'floats'],
  ['torch.npy', 'floats, NCHW, big endian'],
  ['grey.npy', 'grey'],
  ['four-channels.npy', 'RGBA'],
  ['int64.npy', 'whole numbers'],
  ['fortran.npy', 'Fortran order'],
  ['images.h5', 'HDF5'],
  ['svhn.mat', 'MATLAB'],
  ['lsun', 'LMDB'],
  ['data.arrow', 'Arrow'],
] as const;

/** The table of docs/images.md: what becomes of each file. */
export async function fileTable(): Promise<string[]> {
  const rows: string[] = [];
  for (const [file, what] of files) rows.push(`| \`${file}\` | ${what} | ${await cellOf(file)} |`);
  return ['| file | | every command |', '|---|---|---|', ...rows];
}

async function cellOf(file: string): Promise<string> {
  const path = setFile(file);
  try {
    const source = await openImages(path);
    const labels = await source.labels?.();
    await source.close();
    const classes = labels ? `, ${labels.classes.length} classes by ${labels.from}` : '';
    return `${source.names.length} images${classes}`;
  } catch (error) {
    const folder = setFile('');
    return `refused: ${(error as Error).message.replaceAll(folder, '')}`;
  }
}
