import type { Report } from '../report.ts';
import type { Located } from '../shape/shape.ts';

type Word = Located<string>;

/**
 * An upstream's command is code that runs with our rights. A name without an exact version is whatever its registry
 * answers at the next start, so it is refused.
 */
export function checkCommand(command: Word, args: readonly Word[], report: Report): void {
  const program = command.value
    .slice(command.value.lastIndexOf('/') + 1)
    .replace(/\.(exe|cmd)$/i, '');
  if (/\s/.test(command.value) && args.length === 0) {
    const [first = '', ...rest] = command.value.trim().split(/\s+/);
    report.error('policy.value', command.at, 'a command is one program, and no shell splits it', {
      mend: `write \`command: ${first}, args: [${rest.join(', ')}]\``,
    });
    return;
  }
  const runner = runners.find(({ matches }) => matches(program, args));
  if (runner === undefined) return;
  if (runner.shell) {
    report.error(
      'policy.value',
      command.at,
      `\`${program} -c\` runs a line of shell, which can start anything`,
      {
        mend: 'name the program itself as `command`, and its arguments in `args`',
      },
    );
    return;
  }
  const rest = args.slice(runner.skip);
  // Only what is installed already is run: its version is the lockfile's.
  if (rest.some(({ value }) => value === '--no-install' || value === '--no')) return;
  const named = packageOf(rest, runner);
  if (named === null) {
    report.error('policy.value', command.at, `\`${program}\` doesn't say which package it runs`, {
      mend: `name it with its exact version: \`${runner.example}\``,
    });
  } else if (!runner.exact.test(named.value)) {
    report.error('policy.value', named.at, `\`${named.value}\` has no exact version`, {
      expected: `an exact version: \`${runner.example}\``,
      mend: 'upstream commands are code: write the version that you reviewed',
    });
  }
}

interface Runner {
  readonly matches: (program: string, args: readonly Word[]) => boolean;
  /** Words before its own options: `npm exec`, `uv tool run`. */
  readonly skip: number;
  readonly exact: RegExp;
  readonly example: string;
  /** Options that name the package. */
  readonly from: readonly string[];
  /** Options that take a word which isn't the package. */
  readonly valued: readonly string[];
  readonly shell: boolean;
}

const npmExact = /^(@[a-z0-9._~-]+\/)?[a-z0-9._~-]+@\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const pythonExact =
  /^[A-Za-z0-9._-]+(\[[A-Za-z0-9,._-]+\])?(==|@)\d+(\.\d+)*((a|b|rc)\d+)?(\.post\d+)?$/;

const npm = {
  exact: npmExact,
  example: 'name@1.2.3',
  from: ['-p', '--package'],
  valued: ['--registry', '--cache', '--prefix'],
  shell: false,
};
const python = {
  exact: pythonExact,
  example: 'name==1.2.3',
  from: ['--from', '--spec'],
  valued: ['--python', '-p', '--index-url', '--with', '--index', '--directory'],
  shell: false,
};

const startsWith =
  (program: RegExp, ...words: readonly string[]) =>
  (written: string, args: readonly Word[]): boolean =>
    program.test(written) && words.every((word, index) => args[index]?.value === word);

const runners: readonly Runner[] = [
  { ...npm, matches: startsWith(/^(npx|pnpx|bunx)$/), skip: 0 },
  { ...npm, matches: startsWith(/^npm$/, 'exec'), skip: 1 },
  { ...npm, matches: startsWith(/^npm$/, 'x'), skip: 1 },
  { ...npm, matches: startsWith(/^(pnpm|yarn)$/, 'dlx'), skip: 1 },
  { ...npm, matches: startsWith(/^bun$/, 'x'), skip: 1 },
  { ...python, matches: startsWith(/^uvx$/), skip: 0 },
  { ...python, matches: startsWith(/^uv$/, 'tool', 'run'), skip: 2 },
  { ...python, matches: startsWith(/^pipx$/, 'run'), skip: 1 },
  {
    matches: startsWith(/^(docker|podman)$/, 'run'),
    skip: 1,
    exact: /@sha256:[0-9a-f]{64}$/,
    example: 'image@sha256:<digest>',
    from: [],
    valued: [
      '-e',
      '--env',
      '-v',
      '--volume',
      '--name',
      '--network',
      '--mount',
      '-u',
      '--user',
      '-w',
      '--workdir',
      '-p',
      '--publish',
      '--entrypoint',
      '--env-file',
      '--platform',
      '-m',
      '--memory',
    ],
    shell: false,
  },
  {
    matches: (program, args) =>
      /^(sh|bash|dash|zsh|ksh|fish|cmd|powershell|pwsh)$/.test(program) &&
      args.some(({ value }) => /^(-[a-z]*c|\/c|-Command)$/.test(value)),
    skip: 0,
    exact: /^$/,
    example: '',
    from: [],
    valued: [],
    shell: true,
  },
];

function packageOf(args: readonly Word[], runner: Runner): Word | null {
  let plain: Word | null = null;
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index];
    if (word === undefined || word.value === '--') continue;
    const [option = '', given] = word.value.split(/=(.*)/s);
    if (runner.from.includes(option)) {
      return given === undefined ? (args[index + 1] ?? null) : { at: word.at, value: given };
    }
    if (runner.valued.includes(word.value)) {
      index += 1;
    } else if (!word.value.startsWith('-')) {
      plain = word;
      break;
    }
  }
  return plain;
}
