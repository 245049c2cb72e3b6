/** An executed notebook in the form in which it is saved; see normalised.mjs. */
export function normalised(text: string): string;
