/** `npm run fuzz [-- name… --seconds N --seed S]`: tries inputs for as long as is asked, and keeps what it finds. */
import { parseArgs } from 'node:util';
import { keepFinding } from './findings.ts';
import { runCampaigns } from './run.ts';
import { targets } from './targets.ts';

const known = targets.map(({ name }) => name);
const help = `npm run fuzz [-- [name…] [options]]

Inputs that nobody meant, for every reader of what others write, until one breaks its promises. What is found is cut down
and kept in test/fuzz/findings, where \`npm test\` tries it from then on. Names: all, or some of
  ${known.join('\n  ')}

Options:
  --seconds <number>  how long for each (30)
  --seed <number>     where the inputs begin (another each time)
  --help              this

Examples:
  npm run fuzz -- json glob --seconds 600
  npm run fuzz -- --seed 7

Exit codes: 0 nothing was found, 1 something was, 2 wrong use.`;

function asked() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '30' },
        seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
        help: { type: 'boolean', default: false },
      },
    });
  } catch {
    return null;
  }
}

const given = asked();
if (given?.values.help === true) {
  console.log(help);
  process.exit(0);
}
const positionals = given?.positionals ?? [];
const seconds = Number(given?.values.seconds);
const seed = Number(given?.values.seed);
if (
  positionals.some((name) => !known.includes(name)) ||
  !(seconds > 0) ||
  !Number.isSafeInteger(seed)
) {
  console.error(help);
  process.exit(2);
}

let findings = 0;
console.log(`seed ${seed}, ${seconds} s each`);
await runCampaigns(positionals.length === 0 ? known : positionals, {
  seed,
  seconds,
  onResult({ name, rounds, outcomes, finding }) {
    console.log(`${name}: ${rounds} inputs, ${outcomes.length} outcomes`);
    if (finding === null) return;
    findings += 1;
    console.log(`  ${finding.problem}\n  kept as ${keepFinding(name, finding)}`);
  },
});
process.exitCode = findings === 0 ? 0 : 1;
