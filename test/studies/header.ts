/** An ADEMP header for experiments in tests. */
export const HEADER = {
  aims: 'to test',
  'data-generating mechanisms': 'a small surrogate',
  estimands: 'FID',
  methods: 'plug-in',
  'performance measures': 'bias',
};
