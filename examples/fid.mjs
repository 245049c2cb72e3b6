// FID of two statistics files, as pytorch-fid and clean-fid write them.
//
//   node examples/fid.mjs REFERENCE.npz GENERATED.npz
import { frechetDistance, readStatisticsNpz, StudyError } from 'fid-study';

const [reference, generated] = process.argv.slice(2);
if (!reference || !generated) {
  console.error('usage: node examples/fid.mjs REFERENCE.npz GENERATED.npz');
  process.exit(2);
}
try {
  const { distance, meanTerm } = await frechetDistance(
    await readStatisticsNpz(reference),
    await readStatisticsNpz(generated),
  );
  console.log(`FID ${distance.toFixed(4)}, of which the means make ${meanTerm.toFixed(4)}`);
} catch (error) {
  // What the caller can fix: a missing file, other dimensions. The hint says how.
  if (!(error instanceof StudyError)) throw error;
  console.error(`${error.message}\n  ${error.hint}`);
  process.exit(2);
}
