import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { download } from '../../../src/downloads/download.ts';
import type { Dataset } from '../../../src/images/datasets/dataset.ts';
import { tarEnd, tarEntry } from '../../downloads/tar.ts';

const hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Records of CIFAR-10's binary version: a label, then three planes, all known from `first`. */
export function tinyBatch(count: number, first: number): Buffer {
  const record = (i: number) =>
    Uint8Array.from({ length: 3073 }, (_, at) =>
      at === 0 ? i % 10 : (i * 31 + Math.floor((at - 1) / 1024) * 80 + (at % 7)) % 256,
    );
  return Buffer.concat(Array.from({ length: count }, (_, i) => record(first + i)));
}

/** Name, records and the first of them. */
export type Batch = readonly [string, number, number];

export const batches: readonly Batch[] = [
  ...[1, 2, 3, 4, 5].map((n) => [`data_batch_${n}`, 4, 10 * n] as const),
  ['test_batch', 3, 90],
];

/** An archive of CIFAR-10's form, with few images and the files in another order. */
export function tinyArchive(members = batches): Buffer {
  const files = members.toReversed().map(([name, count, first]) => {
    return tarEntry(`cifar-10-batches-bin/${name}.bin`, tinyBatch(count, first));
  });
  const folder = tarEntry('cifar-10-batches-bin/', Buffer.alloc(0), { kind: '5' });
  const readme = tarEntry('cifar-10-batches-bin/readme.html', Buffer.from('<html>'));
  return gzipSync(Buffer.concat([folder, ...files, readme, tarEnd]));
}

/** A data set of that archive's own hashes, under the name of the real one. */
export function tinyDataset(
  url: string,
  archive = tinyArchive(),
  members: readonly Batch[] = batches,
): Dataset {
  const file = ([name, count, first]: Batch) => ({
    member: `cifar-10-batches-bin/${name}.bin`,
    sha256: hex(tinyBatch(count, first)),
  });
  return {
    name: 'cifar10',
    description: 'a synthetic archive',
    source: download({
      what: 'the images of cifar10',
      urls: [url],
      bytes: archive.length,
      sha256: hex(archive),
      command: 'study data pull cifar10',
      delays: [0],
    }),
    splits: { train: members.slice(0, 5).map(file), test: members.slice(5).map(file) },
  };
}
