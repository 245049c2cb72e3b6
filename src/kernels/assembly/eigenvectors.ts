// Symmetric eigenvectors: reduction to tridiagonal form, its reflections in blocks, and implicit QL.
export { implicitQl } from './_implicit-ql';
export { formReflections } from './_orthogonal';
export { toStrips } from './_rotations';
export { tridiagonalise } from './_tridiagonal';
