import { StudyError } from '../errors.ts';
import { drawPrecision } from '../linalg/scatter.ts';
import type { SurrogateDefinition } from './schema.ts';
import { discrepancy, powerLaw } from './spectrum.ts';
import type { Surrogate } from './surrogate.ts';

/** Two Gaussians in one eigenbasis: everything about them is in closed form. */
export function diagonal(definition: SurrogateDefinition): Surrogate {
  const { dimension } = definition;
  const q = referenceSpectrum(definition);
  const { variances: p, offset } = generatedMoments(definition, q);
  const roots = q.map((value, i) => Math.sqrt(value * p[i]!));
  const meanTerm = sum(offset.map((value) => value * value));
  const traceReference = sum(q);
  const traceGenerated = sum(p);
  const traceSqrt = sum(roots);
  // Term by term, not as a difference of traces: the distance keeps its digits.
  const covarianceTerm = sum(q.map((value, i) => (Math.sqrt(value) - Math.sqrt(p[i]!)) ** 2));
  return {
    definition,
    source: {
      rows: { kind: 'normals', dimension },
      // Standard normals are as well-conditioned as rows can be.
      precision: drawPrecision(dimension),
      geometry: {
        dimension,
        offset,
        map: { kind: 'diagonal', values: p.map(Math.sqrt) },
        whitened: { kind: 'diagonal', values: roots },
        traceReference,
      },
    },
    reference: { kind: 'diagonal', values: q.map(Math.sqrt) },
    population: {
      distance: meanTerm + covarianceTerm,
      meanTerm,
      traceReference,
      traceGenerated,
      traceSqrt,
    },
    roots,
  };
}

function referenceSpectrum({ reference, dimension, name }: SurrogateDefinition): Float64Array {
  switch (reference.kind) {
    case 'power-law':
      return powerLaw(dimension, reference.exponent, reference.trace);
    case 'eigenvalues':
      return vector(reference.values, dimension, `${name}: reference eigenvalues`);
    case 'npz':
      throw new Error('a statistics file has no spectrum');
  }
}

function generatedMoments({ generated, dimension, name }: SurrogateDefinition, q: Float64Array) {
  switch (generated.kind) {
    case 'same':
      return { variances: q, offset: new Float64Array(dimension) };
    case 'discrepancy':
      return discrepancy(q, generated.mean_term, generated.covariance_term, generated.exponent);
    case 'eigenvalues':
      return {
        variances: vector(generated.values, dimension, `${name}: generated eigenvalues`),
        offset: generated.offset
          ? vector(generated.offset, dimension, `${name}: offset`)
          : new Float64Array(dimension),
      };
    case 'npz':
      throw new StudyError(
        `${name}: generated kind npz needs a reference of kind npz, not eigenvalues or power-law`,
        'give the reference as npz too: otherwise the eigenbasis is unknown',
      );
  }
}

function vector(values: number[], dimension: number, what: string): Float64Array {
  if (values.length !== dimension) {
    throw new StudyError(`${what}: ${values.length} values`, `give ${dimension}, the dimension`);
  }
  return Float64Array.from(values);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
