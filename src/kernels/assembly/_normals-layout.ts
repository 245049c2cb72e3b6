// Where things lie in the kernel's memory, in bytes. The host writes the state and reads the numbers.

/** Layers of the ziggurat. */
export const LAYERS: usize = 1024;
/** Pairs of edges (x_i, x_{i+1}) of layer i, so that one load brings both. */
export const EDGES: usize = 0;
/** exp(−x_i²/2) for i = 0 … LAYERS. */
export const HEIGHTS: usize = EDGES + LAYERS * 16;
/** State of the four lanes, [word 4, lane 4] of u64, then the four words of the side generator. */
export const STATE: usize = HEIGHTS + LAYERS * 8 + 16;
export const SIDE: usize = STATE + 128;
/** Four candidate words on their way to the slow path. */
export const WORDS: usize = SIDE + 32;
/** From here on the host keeps numbers. */
export const NUMBERS: usize = WORDS + 96;
