import { download } from '../../downloads/download.ts';
import type { Dataset, DatasetFile } from './dataset.ts';

/**
 * CIFAR-10 in its binary version: 50,000 and 10,000 images of 32 × 32, lossless.
 *
 * Source: https://www.cs.toronto.edu/~kriz/cifar.html. The archive's length and sha256 are those of
 * TensorFlow Datasets (`url_checksums/cifar10.txt`), the batches' sha256 those of torchvision-ruby
 * (`datasets/cifar10.rb`), which gives the same one for the archive.
 */
export const cifar10: Dataset = {
  name: 'cifar10',
  description: 'CIFAR-10 of its authors: 50,000 and 10,000 images of 32 × 32, lossless',
  source: download({
    what: 'the images of cifar10',
    urls: ['https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz'],
    bytes: 170_052_171,
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
    command: 'study data pull cifar10',
  }),
  splits: {
    train: [
      batch('data_batch_1', 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5'),
      batch('data_batch_2', 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed'),
      batch('data_batch_3', 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67'),
      batch('data_batch_4', '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48'),
      batch('data_batch_5', '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add'),
    ],
    test: [batch('test_batch', '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b')],
  },
};

/** Every data set that can be pulled. */
export const datasets: readonly Dataset[] = [cifar10];

function batch(name: string, sha256: string): DatasetFile {
  return { member: `cifar-10-batches-bin/${name}.bin`, sha256 };
}
