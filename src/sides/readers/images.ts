import { openerOf } from '../../images/open.ts';
import type { Reader } from '../side-kind.ts';

/** Images, in any form that `study extract` takes. */
export const images: Reader = (found) => {
  const open = openerOf(found);
  return open && { kind: 'images', path: found.path, open };
};
