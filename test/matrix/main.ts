/**
 * `npm run matrix [clients|servers|mail|sql|browser] [--json]`: real clients, real servers, the demo and what happens to texts on
 * a real mail server, SQL on a real PostgreSQL, and the console in a real browser.
 * Installs what it needs into `.cache/` (PyPI, Go) and from Debian. Exit code 1 when anything failed.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repository } from '../../examples/email-agent/rig/cache.ts';
import { installMail } from '../../examples/email-agent/rig/install.ts';
import { run } from '../../examples/email-agent/rig/process.ts';
import { startMail } from '../../examples/email-agent/rig/rig.ts';
import { temporaryDirectory } from '../../examples/email-agent/rig/temporary.ts';
import { support } from '../../examples/email-agent/world.ts';
import { browserTable } from './browser.ts';
import { clientsTable } from './clients.ts';
import { mailApprovalRows } from './mail-approvals.ts';
import { mailContentRows } from './mail-content.ts';
import { serversTable } from './servers.ts';
import { sqlTable } from './sql.ts';
import { failed, failedBy, formatTable, passed, type Table } from './table.ts';

const demoMs = 5 * 60_000;

const parts: Readonly<Record<string, (directory: string) => Promise<Table>>> = {
  clients: clientsTable,
  servers: async (directory) => {
    await using mail = await startMail(await installMail(), support);
    return await serversTable(directory, mail);
  },
  mail: mailTable,
  sql: sqlTable,
  browser: browserTable,
};

/** The demo is its own test: it ends with 1 when one of its promises was broken. */
async function mailTable(directory: string): Promise<Table> {
  const { code, stdout, stderr } = await run(
    process.execPath,
    [join(repository, 'examples', 'email-agent', 'demo.ts')],
    { timeoutMs: demoMs },
  );
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const demo = code === 0 ? passed(last) : failed(`${stdout}\n${stderr}`.trim().slice(-3_000));
  await using mail = await startMail(await installMail(), support);
  return {
    title: 'On a real mail server: the demo, what happens to texts, and what waits for people',
    of: 'promise',
    columns: ['kept'],
    rows: [
      { name: 'the demo', cells: [demo] },
      ...(await mailContentRows(await ownDirectory(directory, 'content'), mail)),
      ...(await mailApprovalRows(await ownDirectory(directory, 'approvals'), mail)),
    ],
  };
}

async function ownDirectory(directory: string, name: string): Promise<string> {
  const own = join(directory, name);
  await mkdir(own);
  return own;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(parts, name));
  if (unknown.length > 0) {
    console.error(`no such part: ${unknown.join(', ')} (${Object.keys(parts).join(', ')})`);
    return 2;
  }
  await using directory = await temporaryDirectory('sallyport-matrix-');
  const tables: Record<string, Table> = {};
  for (const [name, makeTable] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    if (!values.json) console.log(`${name}: installing what is missing, then running …`);
    const own = await ownDirectory(directory.path, name);
    const table = await tableOf(name, () => makeTable(own));
    tables[name] = table;
    if (!values.json) console.log(`\n${formatTable(table)}\n`);
  }
  const cells = Object.values(tables).flatMap((table) => table.rows.flatMap((row) => row.cells));
  const good = cells.filter((cell) => cell.ok).length;
  const bad = cells.length - good;
  if (values.json)
    console.log(JSON.stringify({ ok: bad === 0, passed: good, failed: bad, tables }, null, 2));
  else console.log(`${good} passed, ${bad} failed`);
  return bad === 0 ? 0 : 1;
}

/** A part that can't run at all is one failure, and the others still run. */
async function tableOf(name: string, make: () => Promise<Table>): Promise<Table> {
  try {
    return await make();
  } catch (error) {
    return {
      title: name,
      of: 'part',
      columns: ['runs'],
      rows: [{ name, cells: [failedBy(error)] }],
    };
  }
}

process.exitCode = await main();
