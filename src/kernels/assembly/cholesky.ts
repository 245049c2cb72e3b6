// Cholesky factors: of a positive definite matrix, and of a semi-definite one by pivoting.
export { factorDefinite } from './_definite';
export { finishPanel, takePivots } from './_semidefinite';
