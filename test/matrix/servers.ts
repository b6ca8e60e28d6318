/** Real MCP servers as a newcomer meets them: imported by `sallyport init` from an `mcpServers` JSON, started, listed, called. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Gateway, runSallyport, startGateway } from '../../examples/email-agent/gateway.ts';
import { mustRun } from '../../examples/email-agent/rig/process.ts';
import type { MailRig } from '../../examples/email-agent/rig/rig.ts';
import { annsQuestion, support } from '../../examples/email-agent/world.ts';
import { matrixPython, typescriptModern } from './programs.ts';
import {
  type Cell,
  cell,
  failed,
  failedBy,
  passed,
  type Row,
  type Table,
  withLog,
} from './table.ts';

interface ServerUnderTest {
  readonly name: string;
  /** As it stands in the configuration of an editor or a desktop client. */
  readonly entry: {
    readonly command: string;
    readonly args: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
  readonly tools: number;
  readonly call: { readonly tool: string; readonly args: Readonly<Record<string, unknown>> };
  /** Words of the answer that only the real server can give. */
  readonly answer: string;
}

const noteText = 'a note that the server reads from disk';

export async function serversTable(directory: string, mail: MailRig): Promise<Table> {
  await mail.deliver(annsQuestion.message, annsQuestion.folder);
  const rows: Row[] = [];
  for (const server of await serversUnderTest(directory, mail)) {
    rows.push(await tryServer(server, directory));
  }
  return {
    title: 'Servers, imported by init and called through the gateway',
    of: 'server',
    columns: ['imported', 'started', 'listed', 'called'],
    rows,
  };
}

async function serversUnderTest(
  directory: string,
  mail: MailRig,
): Promise<readonly ServerUnderTest[]> {
  const notes = join(directory, 'notes');
  await mkdir(notes);
  await writeFile(join(notes, 'note.txt'), noteText);
  const repository = await gitRepository(join(directory, 'repository'));
  const python = await matrixPython();
  return [
    {
      name: 'filesystem',
      entry: { command: 'mcp-server-filesystem', args: [notes] },
      tools: 14,
      call: { tool: 'read_text_file', args: { path: join(notes, 'note.txt') } },
      answer: noteText,
    },
    {
      name: 'memory',
      entry: {
        command: 'mcp-server-memory',
        args: [],
        env: { MEMORY_FILE_PATH: join(directory, 'memory.jsonl') },
      },
      tools: 9,
      call: { tool: 'read_graph', args: {} },
      answer: 'entities',
    },
    {
      name: 'everything',
      entry: { command: 'mcp-server-everything', args: ['stdio'] },
      tools: 13,
      call: { tool: 'get-sum', args: { a: 2, b: 40 } },
      answer: '42',
    },
    {
      name: 'git',
      entry: { command: join(python.bin, 'mcp-server-git'), args: ['-r', repository] },
      tools: 12,
      call: { tool: 'git_log', args: { repo_path: repository } },
      answer: 'A first commit',
    },
    {
      name: 'mail',
      entry: mail.emailServer,
      tools: 21,
      call: {
        tool: 'list_emails_metadata',
        args: { account_name: 'support', mailbox: annsQuestion.folder },
      },
      answer: annsQuestion.message.subject,
    },
  ];
}

async function tryServer(server: ServerUnderTest, parent: string): Promise<Row> {
  const { name } = server;
  const directory = join(parent, name);
  await mkdir(directory);
  const imported = await cell(() => importServer(server, directory));
  if (!imported.ok) return { name, cells: [imported, ...unreached(3)] };
  let gateway: Gateway;
  try {
    gateway = await startGateway(directory);
  } catch (error) {
    return { name, cells: [imported, failedBy(error), ...unreached(2)] };
  }
  await using running = gateway;
  const cells = await callServer(server, running);
  return withLog({ name, cells: [imported, passed(), ...cells] }, running.log());
}

async function importServer({ name, entry }: ServerUnderTest, directory: string): Promise<string> {
  const configuration = join(directory, 'mcp.json');
  await writeFile(configuration, JSON.stringify({ mcpServers: { [name]: entry } }, null, 2));
  await runSallyport(directory, 'init', '--from', configuration);
  const policy = await readFile(join(directory, 'sallyport.yaml'), 'utf8');
  if (policy.includes(support.password)) throw new Error('the password stands in the policy');
  return '';
}

/** Whether its tools are listed, and whether one of them does what it says. */
async function callServer(server: ServerUnderTest, gateway: Gateway): Promise<readonly Cell[]> {
  const tool = `${server.name}.${server.call.tool}`;
  try {
    const { tools, calls } = await typescriptModern.run(
      { url: gateway.url, run: null, pages: false, calls: [{ tool, args: server.call.args }] },
      await gateway.agentToken('agent'),
    );
    const call = calls[0];
    const answered = call !== undefined && !call.failed && call.text.includes(server.answer);
    return [
      tools.length === server.tools
        ? passed(`${server.tools} tools`)
        : failed(`${tools.length} tools instead of ${server.tools}`),
      answered ? passed(server.call.tool) : failed(`${tool} answered: ${call?.text ?? 'nothing'}`),
    ];
  } catch (error) {
    return [failedBy(error), ...unreached(1)];
  }
}

function unreached(count: number): readonly Cell[] {
  return Array.from({ length: count }, () => failed('not reached'));
}

async function gitRepository(path: string): Promise<string> {
  await mkdir(path);
  const git = (...args: readonly string[]): Promise<string> =>
    mustRun('git', args, { cwd: path, timeoutMs: 30_000 });
  await git('init', '--quiet');
  await git(
    ...['-c', 'user.name=Matrix', '-c', 'user.email=matrix@company.com', 'commit', '--quiet'],
    ...['--allow-empty', '-m', 'A first commit'],
  );
  return path;
}
