import { cifar10 } from './cifar10.ts';
import type { Dataset } from './dataset.ts';

/** Every data set that can be pulled. */
export const datasets: readonly Dataset[] = [cifar10];
