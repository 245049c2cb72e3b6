import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { type ByteFiles, readFully } from '../../arrays/open-files.ts';
import { StudyError } from '../../errors.ts';
import { thriftLength } from './thrift.ts';

/** Far more than files of a million row groups have. */
const mostFooterBytes = 2 ** 26;

/**
 * What a Parquet file says of itself at its end.
 * @throws StudyError if it is truncated, damaged or encrypted
 */
export async function readFooter(files: ByteFiles, number: number): Promise<FileMetaData> {
  const path = files.paths[number]!;
  const size = await files.size(number);
  const end = await files.readNow(number, Math.max(0, size - 8), 8);
  const magic = end.toString('latin1', 4);
  if (magic === 'PARE') {
    throw new StudyError(`${path} is encrypted`, 'write it without encryption');
  }
  if (size < 12 || magic !== 'PAR1') {
    throw new StudyError(
      `${path} is a truncated Parquet file: it does not end in PAR1`,
      'fetch or write it again, whole',
    );
  }
  const length = end.readUInt32LE(0);
  if (length > size - 12 || length > mostFooterBytes) {
    throw damagedParquet(path, `its footer claims ${length} bytes`);
  }
  const footer = await readFully(files, number, size - 8 - length, length + 8);
  return understood(path, () => {
    thriftLength(footer.subarray(0, length));
    return parquetMetadata(new Uint8Array(footer), { geoparquet: false });
  });
}

/** What a call gives; what it throws as the error of a damaged file. */
export function understood<Value>(path: string, call: () => Value): Value {
  try {
    return call();
  } catch (error) {
    if (error instanceof StudyError) throw error;
    throw damagedParquet(path, (error as Error).message, error);
  }
}

export function damagedParquet(path: string, why: string, cause?: unknown): StudyError {
  return new StudyError(
    `${path} is a damaged Parquet file: ${why.slice(0, 200)}`,
    'fetch or write it again',
    { cause },
  );
}
