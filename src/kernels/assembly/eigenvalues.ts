// Symmetric eigenvalues: reduction to tridiagonal form in one stage, or the parts of one by way of a
// band that are not matrix products, then root-free QL.
export { formBandUpdate, reflectBandRows } from './_band';
export { chaseBulges } from './_chase';
export { subtractMirrored, subtractTransposed, transposeRows } from './_mirror';
export { rootFreeQl } from './_ql';
export { tridiagonalise } from './_tridiagonal';
