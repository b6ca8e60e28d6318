/** `npm run fuzz [name…] [-- --seconds N --seed S]`: tries inputs for as long as is asked, and keeps what it finds. */
import { parseArgs } from 'node:util';
import { keepFinding } from './findings.ts';
import { runCampaigns } from './run.ts';
import { targets } from './targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '30' }, seed: { type: 'string' } },
});
const known = targets.map(({ name }) => name);
const unknown = positionals.filter((name) => !known.includes(name));
const seconds = Number(values.seconds);
const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed);

if (unknown.length > 0 || !(seconds > 0) || !Number.isSafeInteger(seed)) {
  console.error(`npm run fuzz [name…] [-- --seconds N --seed S]\n\nnames: ${known.join(', ')}`);
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
