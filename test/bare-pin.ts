import type { JsonObject } from '../src/content/value.ts';
import type { PinnedDefinition } from '../src/policy/model.ts';

/** A definition of which nothing matters but what its arguments may be. */
export function barePin(inputSchema: JsonObject): PinnedDefinition {
  return {
    digest: 'sha256:00',
    title: null,
    description: '',
    inputSchema,
    outputSchema: null,
    annotations: null,
    checkInput: () => [],
    checkOutput: null,
    fillDefaults: (args) => args,
  };
}
