import { listSupportedBackends } from 'onnxruntime-node';
import { StudyError } from '../errors.ts';

/** Where a model runs: onnxruntime's execution providers, by its names. */
export const providers = ['cpu', 'cuda', 'dml', 'coreml'] as const;
export type Provider = (typeof providers)[number];

/**
 * Checks that this build of onnxruntime knows a provider. Whether the machine has the device shows
 * only when a session is opened.
 * @throws StudyError naming the providers that there are.
 */
export function requireProvider(provider: string): asserts provider is Provider {
  const built = listSupportedBackends().map(({ name }) => name);
  const usable = providers.filter((name) => built.includes(name));
  if (!usable.some((name) => name === provider)) {
    throw new StudyError(
      `no such provider here: ${provider}`,
      `onnxruntime on this system has: ${usable.join(', ')}`,
    );
  }
}
