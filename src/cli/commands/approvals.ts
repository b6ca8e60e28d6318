import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Command } from 'commander';
import { printable, printableJson } from '../../content/escape.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { readSecret } from '../../credentials/secrets.ts';
import { askGateway } from '../../edges/admin/client.ts';
import type { OperationName } from '../../edges/admin/operations.ts';
import { hinted } from '../answer-hints.ts';
import { objects } from '../event-table.ts';
import { addExamples } from '../examples.ts';
import { needsOf } from '../hold-needs.ts';
import { type CommonOptions, commonOptions } from '../options.ts';
import { type ExitCode, NoGatewayError, type Output, UsageError } from '../output.ts';
import { placeOf } from '../place.ts';
import type { Act } from '../program.ts';
import { table, timeOr } from '../table.ts';

interface AnswerOptions extends CommonOptions {
  readonly tokenFile?: string;
  readonly digest?: string;
  readonly reason?: string;
  readonly yes?: boolean;
}

const tokenVariable = 'SALLYPORT_APPROVER_TOKEN';

export function approvalsCommand(act: Act): Command {
  const command = new Command('approvals').description(
    'Calls that wait for a person: lists them, shows one, approves or rejects it.',
  );
  const list = new Command('list')
    .description(
      'What waits, or was approved and hasn’t begun; the one that expires first comes first.',
    )
    .action(act(listHolds));
  const show = new Command('show')
    .description('One of them: what will happen, why it waits, and where its values come from.')
    .argument('<call>')
    .action((call: string, options: CommonOptions) =>
      act<CommonOptions>((_, output) => showHold(call, options, output))(options),
    );
  const approve = withAnswer(
    new Command('approve')
      .description('Shows it and asks; `y` approves it, as the person whose token this is.')
      .option('--yes', 'don’t ask: the digest says what was looked at'),
  ).action((call: string, options: AnswerOptions) =>
    act<AnswerOptions>((_, output) => approveHold(call, options, output))(options),
  );
  const reject = withAnswer(
    new Command('reject').description('Rejects it, as the person whose token this is.'),
  ).action((call: string, options: AnswerOptions) =>
    act<AnswerOptions>((_, output) => rejectHold(call, options, output))(options),
  );
  for (const sub of [list, show, approve, reject]) {
    for (const option of commonOptions()) sub.addOption(option);
    command.addCommand(sub);
  }
  command.addHelpText(
    'after',
    `
Whoever may open the data directory may look. An answer is a person's: \`sallyport token --approver ann\` mints a token for
somebody in the policy's \`users\`. On a terminal \`approve\` shows the call and asks; a script names the digest of what was shown.`,
  );
  return addExamples(command, [
    'sallyport approvals list',
    'sallyport approvals show <call>',
    'sallyport approvals approve <call> --token-file ann.token --digest <digest> --yes',
    'sallyport approvals reject <call> --token-file ann.token --reason "not this customer"',
  ]);
}

function withAnswer(command: Command): Command {
  return command
    .argument('<call>')
    .option(
      '--token-file <file>',
      `holds the token of \`sallyport token --approver\`, readable by you alone (default: the variable ${tokenVariable})`,
    )
    .option('--digest <digest>', 'of the call that was looked at: any other is left as it is')
    .option(
      '--reason <text>',
      'kept in the record; of a rejection the agent is told that there was one',
    );
}

async function listHolds(options: CommonOptions, output: Output): Promise<ExitCode> {
  const answer = await ask(options, 'approvals.list', {});
  const rows = objects(answer['holds']).map((hold) =>
    [
      hold['id'],
      hold['state'],
      hold['agent'],
      hold['user'] ?? '-',
      hold['tool'],
      timeOr('-', hold['expiresAtMs']),
      hold['summary'],
    ].map((cell) => printable(String(cell))),
  );
  return output.result(
    true,
    answer,
    rows.length === 0
      ? 'nothing waits'
      : table(['CALL', 'STATE', 'AGENT', 'USER', 'TOOL', 'UNTIL', 'WHAT'], rows),
  );
}

async function showHold(call: string, options: CommonOptions, output: Output): Promise<ExitCode> {
  const answer = await ask(options, 'approvals.show', { id: call, token: null });
  return output.result(true, answer, linesOf(answer).join('\n'));
}

async function approveHold(
  call: string,
  options: AnswerOptions,
  output: Output,
): Promise<ExitCode> {
  if (options.yes === true && options.digest === undefined)
    throw new UsageError(
      '`--yes` needs `--digest`',
      '`sallyport approvals show` prints the digest of what it shows',
    );
  const token = await tokenFrom(options);
  const digest =
    options.yes === true ? options.digest : await confirmed(call, token, options, output);
  if (digest === undefined) return output.result(false, { hold: null }, 'nothing was approved');
  return answerHold('approvals.approve', { call, token, digest }, options, output);
}

async function rejectHold(call: string, options: AnswerOptions, output: Output): Promise<ExitCode> {
  const token = await tokenFrom(options);
  const digest =
    options.digest ?? digestOf(await ask(options, 'approvals.show', { id: call, token }));
  return answerHold('approvals.reject', { call, token, digest }, options, output);
}

async function answerHold(
  name: 'approvals.approve' | 'approvals.reject',
  {
    call,
    token,
    digest,
  }: { readonly call: string; readonly token: string; readonly digest: string },
  options: AnswerOptions,
  output: Output,
): Promise<ExitCode> {
  const reason = options.reason ?? null;
  const answer = await ask(options, name, { id: call, token, digest, reason }).catch(
    (error: unknown) => {
      throw hinted(error, call);
    },
  );
  const hold = isJsonObject(answer['hold']) ? answer['hold'] : {};
  const by = printable(String(answer['by']));
  const said =
    name === 'approvals.reject'
      ? `${printable(call)} is rejected by ${by}`
      : hold['state'] === 'approved'
        ? `${printable(call)} is approved by ${by}`
        : `${by} has approved ${printable(call)}; it waits for others too`;
  return output.result(true, answer, said);
}

/** @returns the digest of what was shown; undefined: they said no. */
async function confirmed(
  call: string,
  token: string,
  options: AnswerOptions,
  output: Output,
): Promise<string | undefined> {
  if (output.json || process.stdin.isTTY !== true)
    throw new UsageError(
      'there is nobody to ask',
      'on a terminal it asks; a script says `--digest DIGEST --yes`, of what somebody has looked at',
    );
  const answer = await ask(options, 'approvals.show', { id: call, token });
  const digest = digestOf(answer);
  if (options.digest !== undefined && options.digest !== digest)
    throw new UsageError('it isn’t what was looked at any more', 'look at it again');
  output.progress(linesOf(answer).join('\n'));
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const said = await terminal
      .question(`\nApprove it as ${printable(String(answer['who']))}? [y/N] `)
      // Ctrl-C or Ctrl-D instead of an answer.
      .catch(() => '');
    return /^y(es)?$/i.test(said.trim()) ? digest : undefined;
  } finally {
    terminal.close();
  }
}

function linesOf(answer: JsonObject): readonly string[] {
  const hold = isJsonObject(answer['hold']) ? answer['hold'] : {};
  const lines = isJsonArray(answer['lines']) ? answer['lines'].map(String) : [];
  const edited = isJsonObject(hold['edited']) ? hold['edited'] : null;
  const mine = isJsonObject(hold['mine']) ? hold['mine'] : {};
  const not = isJsonObject(mine['not']) && answer['who'] !== null ? Object.values(mine['not']) : [];
  return [
    ...lines,
    `Arguments: ${printableJson(JSON.stringify(hold['arguments'] ?? {}))}`,
    ...(edited === null
      ? []
      : [
          `Changed by ${String(edited['by'])}; the agent proposed: ${printableJson(JSON.stringify(edited['from'] ?? {}))}`,
        ]),
    // Whoever releases it has read it: the console shows the same.
    ...(isJsonObject(hold['result'])
      ? [`The result, as it would be handed over: ${printableJson(JSON.stringify(hold['result']))}`]
      : []),
    `Agent ${String(hold['agent'])}, for ${String(hold['user'] ?? 'nobody in person')}, in ${String(hold['run'])}; until ${timeOr('-', hold['expiresAtMs'])}`,
    `Digest: ${String(hold['digest'])}`,
    ...needsOf(hold['asks']),
    ...agreedBy(hold['agreements']),
    ...[...new Set(not)].map((why) => `You can't answer it now: ${String(why)}`),
    // Last: it is what whoever steers the agent would like them to read.
    ...(typeof hold['reason'] === 'string' ? [`The agent says: ${hold['reason']}`] : []),
  ].map((line) => printable(line, Number.POSITIVE_INFINITY));
}

function agreedBy(agreements: JsonValue | undefined): readonly string[] {
  const by = objects(agreements).map((one) => String(one['by']));
  return by.length === 0 ? [] : [`Agreed already: ${by.join(', ')}`];
}

function digestOf({ hold }: JsonObject): string {
  return isJsonObject(hold) ? String(hold['digest']) : '';
}

/** Holds live in the gateway: with none, nothing waits, and nobody would perform what is approved. */
async function ask(
  options: CommonOptions,
  name: OperationName,
  input: JsonObject,
): Promise<JsonObject> {
  const answer = await askGateway(placeOf(options).dataDirectory, name, input);
  if (answer === null) throw new NoGatewayError();
  return answer;
}

/** Never from the command line: everybody on the machine may read that. */
async function tokenFrom({ tokenFile }: AnswerOptions): Promise<string> {
  if (tokenFile !== undefined)
    return (await readSecret({ from: `file:${resolve(tokenFile)}` })).trim();
  const token = process.env[tokenVariable];
  if (token === undefined || token === '')
    throw new UsageError(
      'say who answers',
      `\`--token-file FILE\`, or the variable ${tokenVariable}, with a token of \`sallyport token --approver ID\``,
    );
  return token;
}
