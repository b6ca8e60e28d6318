/**
 * What an agent is shown: from pins, by grant. Resources and prompts aren't pinned one by one, and an upstream's words
 * about them are as free as its results, so their lists are ours: a template for each upstream that may be read.
 */
import type { JsonObject } from '../../content/value.ts';
import type { ListedForAgent } from '../../runtime/port.ts';
import { readableUpstreams } from './addresses.ts';

export function toolsList(listed: readonly ListedForAgent[]): JsonObject {
  const tools = listed.filter(({ tool }) => tool.surface === 'tool').map(toolEntry);
  return { tools: tools.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

export function resourceTemplatesList(listed: readonly ListedForAgent[]): JsonObject {
  return {
    resourceTemplates: readableUpstreams(listed).map((upstream) => ({
      uriTemplate: `sallyport+${upstream}:{+uri}`,
      name: `${upstream}.resources/read`,
      description: `A resource of the upstream ${upstream}, by its own URI.`,
    })),
  };
}

function toolEntry(entry: ListedForAgent): JsonObject & { readonly name: string } {
  return {
    name: entry.name,
    ...(entry.title === null ? {} : { title: entry.title }),
    description: entry.description,
    inputSchema: entry.inputSchema,
    ...(entry.outputSchema === null ? {} : { outputSchema: entry.outputSchema }),
    ...(entry.annotations === null ? {} : { annotations: entry.annotations }),
  };
}
