/** The three things to try: commands that can be pasted as they are. */

export interface Running {
  readonly url: string;
  readonly console: string | null;
  readonly token: string;
  /** As seen from the repository, where the commands are pasted. */
  readonly policyFile: string;
}

export function whatToTry({ url, console, token, policyFile }: Running): string {
  const ask = (name: string, args: object): string =>
    `curl -sw '\\n' ${url} -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${JSON.stringify(
      { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
    )}'`;
  const refused = ask('files.read_text_file', { path: 'private/salaries.csv' });
  return `
Sallyport is up, in front of a filesystem server and a memory server (Ctrl-C ends it).

  MCP     ${url}
  token   ${token}   (agent \`reporter\`, working for \`you\`)
  policy  ${policyFile}${console === null ? '' : `\n  console ${console}   (sign in: npm run -s sallyport -- token --approver you -p ${policyFile})`}

In another terminal, in this folder:

  TOKEN=${token}

1. Allowed: the reporter reads what is public.

  ${ask('files.read_text_file', { path: 'public/welcome.md' })}

2. Refused: it may not read what is private.

  ${refused}

3. Verified: it is refused again, and its receipt proves that the refusal is in the ledger.

  CALL=$(${refused} | grep -o 'call_[A-Za-z0-9_-]*' | head -1)
  npm run -s sallyport -- ledger receipt "$CALL" -p ${policyFile} | npm run -s sallyport -- ledger verify --receipt - -p ${policyFile}
`;
}
