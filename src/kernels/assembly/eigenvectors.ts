// Symmetric eigenvectors: reduction to tridiagonal form, its orthogonal matrix, and implicit QL.
export { implicitQl } from './_implicit-ql';
export { formQ } from './_orthogonal';
export { toStrips } from './_rotations';
export { tridiagonalise } from './_tridiagonal';
