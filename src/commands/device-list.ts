import { checkDevices } from '../embeddings/provider.ts';
import { wholeNumber } from './whole-number.ts';

/** Parses `--devices 0,1`. @throws StudyError if it is not a list of distinct devices */
export function deviceList(text: string): readonly number[] {
  return checkDevices(text.split(',').map(wholeNumber('--devices')));
}
