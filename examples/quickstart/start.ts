/**
 * `npm start`: the gateway in front of two real MCP servers, the console beside it, a token for one agent and one for you,
 * and four things to try. What happened is kept in `.sallyport` beside the policy, for the next start too.
 */
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SallyportError } from '../../src/content/errors.ts';
import { type Gateway, type Listening, openGateway } from '../../src/gateway.ts';
import { whatToTry } from './what-to-try.ts';

const here = dirname(fileURLToPath(import.meta.url));
const repository = join(here, '..', '..');
const policyFile = join(here, 'sallyport.yaml');
const dataDirectory = join(here, '.sallyport');

const host = '127.0.0.1';
const usualPort = 7080;
/** A gateway that is killed leaves its tokens behind; a day later nobody can use them. */
const tokenMs = 24 * 3_600_000;

async function main(): Promise<void> {
  const ended = signal();
  await using gateway = await openGateway({
    policyFile,
    dataDirectory,
    as: 'gateway',
    log: (line) => console.error(JSON.stringify(line)),
  });
  const { url, console: people } = await listen(gateway);
  await gateway.catalog.refresh();
  const expiresAtMs = gateway.store.nowMs() + tokenMs;
  const agent = await gateway.tokens.mint({
    holder: 'agent',
    name: 'reporter',
    user: 'you',
    expiresAtMs,
  });
  const you = await gateway.tokens.mint({ holder: 'approver', name: 'you', expiresAtMs });
  console.log(
    whatToTry({
      url: `${url}/mcp`,
      console: people?.url ?? null,
      token: agent.token,
      yourToken: you.token,
      policyFile: relative(repository, policyFile),
    }),
  );
  await ended;
  console.log('\nstopping: the tokens are revoked, the record stays');
  await gateway.tokens.revoke(agent.record.id);
  await gateway.tokens.revoke(you.record.id);
}

async function listen(gateway: Gateway): Promise<Listening> {
  const people = { host, url: null };
  try {
    return await gateway.listen({
      host,
      port: usualPort,
      console: { ...people, port: usualPort + 1 },
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return gateway.listen({ host, port: 0, console: { ...people, port: 0 } });
  }
}

function signal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof SallyportError)) throw error;
  console.error(
    `error: ${error.message}${error.hint === undefined ? '' : `\nhint: ${error.hint}`}`,
  );
  process.exitCode = 1;
}
