// Symmetric eigenvalues: reduction to tridiagonal form, in one stage or by way of a band, then
// root-free QL.
export { reduceToBand } from './_band';
export { chaseBulges } from './_chase';
export { rootFreeQl } from './_ql';
export { tridiagonalise } from './_tridiagonal';
