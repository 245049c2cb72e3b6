import { checkDevices } from '../embeddings/provider.ts';
import { wholeNumber } from './whole-number.ts';

/** Parses `--devices 0,1`. @throws StudyError where it is no list of different devices */
export function deviceList(text: string): readonly number[] {
  return checkDevices(text.split(',').map(wholeNumber('--devices')));
}
