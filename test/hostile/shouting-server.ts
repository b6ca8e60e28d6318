/** An MCP server over stdio that says everything it can say in words that a terminal would act on. */
import { serveOverStdio } from '../fixtures/mcp-over-stdio.ts';
import { shouting } from './shouting-text.ts';

process.stderr.write(`${shouting}\n`);

const properties = { text: { type: 'string', title: shouting, description: shouting } };

await serveOverStdio({
  name: shouting,
  version: shouting,
  instructions: shouting,
  tools: [
    {
      name: 'say',
      title: shouting,
      description: shouting,
      inputSchema: { type: 'object', properties, description: shouting },
      // New at each start: the difference from what was pinned is shown to a person.
      _meta: { [shouting]: `${shouting}${process.env['SHOUTING_TURN'] ?? process.pid}` },
    },
    { name: `say${shouting}`, inputSchema: { type: 'object' } },
    { name: 'unusable', inputSchema: { type: 'object', properties: { [shouting]: 5 } } },
  ],
  call: (_, args) => {
    process.stderr.write(`${shouting}\n`);
    if (args['text'] === 'crash') process.exit(1);
    return { content: [{ type: 'text', text: shouting }], isError: true };
  },
});
