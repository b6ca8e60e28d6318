/** The four things to try: commands that can be pasted as they are. */

export interface Running {
  readonly url: string;
  /** Null: nobody serves it. */
  readonly console: string | null;
  /** The agent's. */
  readonly token: string;
  /** With which `you` signs in and answers. */
  readonly yourToken: string;
  /** As seen from the repository, where the commands are pasted. */
  readonly policyFile: string;
}

export function whatToTry({ url, console, token, yourToken, policyFile }: Running): string {
  const ask = (name: string, args: object): string =>
    `curl -sw '\\n' ${url} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${JSON.stringify(
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
    )}'`;
  const refused = ask('files.read_text_file', { path: 'private/salaries.csv' });
  const published = { source: 'outbox/report.md', destination: 'public/report.md' };
  return `
Sallyport is up, in front of a filesystem server and a memory server (Ctrl-C ends it).

  MCP     ${url}
  token   ${token}   (agent \`reporter\`, working for \`you\`)
  policy  ${policyFile}${
    console === null
      ? ''
      : `
  console ${console}   (where you see what it does, and answer what waits)
  sign in ${yourToken}   (you)`
  }

In another terminal, in this folder:

  TOKEN=${token}

1. Allowed: the reporter reads what is public.

  ${ask('files.read_text_file', { path: 'public/welcome.md' })}

2. Refused: it may not read what is private.

  ${refused}

3. Held: it writes a report, and may publish it when you agree. The second call waits; after 3 s it is told to ask again.

  ${ask('files.write_file', { path: 'outbox/report.md', content: '1,204 lamps sold' })}
  ${ask('files.move_file', published)}

   Approve it in the console, or here (\`approvals list\` has its id), and make the second call again: it gets the outcome.

  export SALLYPORT_APPROVER_TOKEN=${yourToken}
  npm run -s sallyport -- approvals list -p ${policyFile}
  npm run -s sallyport -- approvals approve <call> -p ${policyFile}

4. Verified: it is refused again, and its receipt proves that the refusal is in the ledger.

  CALL=$(${refused} | grep -o 'call_[A-Za-z0-9_-]*' | head -1)
  npm run -s sallyport -- ledger receipt "$CALL" -p ${policyFile} | npm run -s sallyport -- ledger verify --receipt - -p ${policyFile}
`;
}
