/** `npm run bench [name] [-- options]`: one benchmark, or all of them after one another. */
const names = ['append', 'calls'] as const;

const [, , first, ...rest] = process.argv;
const chosen = names.find((name) => name === first);
if (chosen === undefined && first !== undefined && !first.startsWith('-')) {
  process.stderr.write(`there is no benchmark \`${first}\`; there are ${names.join(', ')}\n`);
  process.exit(2);
}
const options = chosen === undefined ? process.argv.slice(2) : rest;
for (const name of chosen === undefined ? names : [chosen]) {
  process.argv.splice(2, process.argv.length, ...options);
  await import(new URL(`./${name}.ts`, import.meta.url).href);
}
