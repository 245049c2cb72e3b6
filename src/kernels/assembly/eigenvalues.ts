// Symmetric eigenvalues: reduction to tridiagonal form, then root-free QL.
export { tridiagonalise } from './_tridiagonal';
export { rootFreeQl } from './_ql';
