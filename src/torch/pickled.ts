/** What a pickle can hold; `Made` is what its globals, calls and persistent ids stand for. */
export type Pickled<Made> =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickledTuple<Made>
  | Pickled<Made>[]
  | Map<string, Pickled<Made>>
  | Made;

/** A tuple, told from a list. */
export class PickledTuple<Made> {
  constructor(readonly items: readonly Pickled<Made>[]) {}
}

/** What stands for the only code that a pickle may name. Each throws StudyError to refuse. */
export interface PickleHost<Made> {
  /** The thing that a global's name stands for: never looked up, only recognised. */
  global(name: string): Made;
  call(callable: Pickled<Made>, args: Pickled<Made>): Pickled<Made>;
  persistent(id: Pickled<Made>): Made;
  /** Takes the state that a pickle gives to something made before, as NumPy's arrays have it. */
  build(made: Pickled<Made>, state: Pickled<Made>): void;
}
