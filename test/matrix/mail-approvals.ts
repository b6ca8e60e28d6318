/**
 * Answers with an attachment, which wait for a lead: told by mail on the same mail server, answered in a real browser,
 * looked for where they arrive. Each is a customer's own mail, and leaves once or not at all.
 */
import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { runSallyport } from '../../examples/email-agent/gateway.ts';
import type { MailRig } from '../../examples/email-agent/rig/rig.ts';
import { leads, operators } from '../../examples/email-agent/site.ts';
import type { Arrived } from '../../examples/email-agent/world.ts';
import { setup as buildConsole } from '../browser/build-console.ts';
import { slackText } from '../notifications/slack-limits.ts';
import { installChromium } from './chromium.ts';
import {
  answer,
  callOf,
  fail,
  hold,
  hookSecret,
  isWhole,
  leftOnce,
  nothingLeft,
  openScene,
  requests,
  type Scene,
  valuesOf,
} from './mail-approvals-scene.ts';
import { cell, type Row, withLog } from './table.ts';

/** Longer than what keeps a stray key from counting. */
const lookMs = 400;
const pollMs = 50;
const patienceMs = 20_000;
/** How long people have for the one that nobody answers. */
const briefly = '5s';

export async function mailApprovalRows(directory: string, mail: MailRig): Promise<readonly Row[]> {
  await installChromium();
  buildConsole();
  const stack = new AsyncDisposableStack();
  try {
    const scene = await openScene(directory, mail, stack);
    const rows: Row[] = [];
    for (const [name, check] of checks)
      rows.push({ name, cells: [await cell(() => check(scene))] });
    return rows.map((row) => withLog(row, scene.desk.log()));
  } finally {
    await stack.disposeAsync();
  }
}

/** One after the other: what the first leaves is where the next begins. */
const checks: readonly (readonly [name: string, check: (scene: Scene) => Promise<string>])[] = [
  ['an answer with an attachment waits, and nothing leaves', waits],
  ['a lead is told by mail: as text and HTML, with the link, without a value', leadIsTold],
  ['Slack is told within its limits; a webhook is signed, and holds what it may', othersAreTold],
  ['opened by a scanner, the link answers nothing; asked again, it is the same hold', stillWaits],
  ['the lead follows the link, signs in and approves by keys: it leaves once, whole', approved],
  ['asked again afterwards, nothing leaves without another answer', staysOnce],
  ['another is rejected with a reason: nothing leaves, and the agent is told', rejected],
  ['a third leaves as the lead changed it, and the agent is told', edited],
  ['a gateway that is killed between hold and approval sends it once', killed],
  ['what nobody answers is rejected, and an alert comes by mail', expired],
  ['the record of all this verifies', verifies],
];

async function waits(scene: Scene): Promise<string> {
  const call = await hold(scene, requests.approved);
  await nothingLeft(scene, requests.approved);
  return call;
}

const linkTo = ({ desk }: Scene, call: string): string => `${desk.console}/holds/${call}`;

async function leadIsTold(scene: Scene): Promise<string> {
  const call = callOf(scene, requests.approved);
  const told = await scene.mail.arrival(leads, 'INBOX', ({ text }) => text.includes(call));
  if (told === null) return fail('nobody was told');
  const types = told.parts.map(({ type }) => type);
  if (types.join() !== 'text/plain,text/html') return fail(`its parts are ${types.join()}`);
  for (const { type, bytes } of told.parts)
    if (!bytes.toString('utf8').includes(linkTo(scene, call))) return fail(`no link: ${type}`);
  tellsNoValue(`${told.subject}\n${told.text}`, requests.approved);
  return told.subject;
}

function tellsNoValue(text: string, request: Arrived): void {
  const told = valuesOf(request).filter((value) => text.includes(value));
  if (told.length > 0) fail(`it tells ${told.join(', ')}: ${text}`);
}

const postShape = z.object({ notices: z.array(z.object({ call: z.string() })) });

async function othersAreTold(scene: Scene): Promise<string> {
  const { slack, hook } = scene;
  const call = callOf(scene, requests.approved);
  await until('both are told', () => slack.posted.length > 0 && hook.posted.length > 0);
  const [said, { body: posted, headers } = { body: '', headers: {} }] = [
    slackText(JSON.parse(slack.posted[0]?.body ?? '')),
    hook.posted[0],
  ];
  if (!said.includes(call)) return fail(said);
  tellsNoValue(said, requests.approved);
  const mac = createHmac('sha256', hookSecret)
    .update(`${String(headers['sallyport-timestamp'])}.${posted}`)
    .digest('hex');
  if (headers['sallyport-signature'] !== `v1=${mac}`) return fail('another signature');
  const { notices } = postShape.parse(JSON.parse(posted));
  if (notices.map((notice) => notice.call).join() !== call) return fail(posted);
  const missing = valuesOf(requests.approved).filter((value) => !posted.includes(value));
  return missing.length === 0 ? '' : fail(`${missing.join(', ')} not in: ${posted}`);
}

async function stillWaits(scene: Scene): Promise<string> {
  const call = callOf(scene, requests.approved);
  for (const method of ['HEAD', 'GET'])
    await (await fetch(linkTo(scene, call), { method })).arrayBuffer();
  const again = await answer(scene, requests.approved);
  if (again.code !== 'approval.pending' || again.call !== call) return fail(again.text);
  await nothingLeft(scene, requests.approved);
  const told = await scene.mail.folder(leads);
  const times = told.filter(({ text }) => text.includes(call)).length;
  return times === 1 ? '' : fail(`they were told ${times} times`);
}

async function approved(scene: Scene): Promise<string> {
  const { page } = scene.lee;
  const call = callOf(scene, requests.approved);
  await page.goto(linkTo(scene, call));
  await page.getByLabel('Your token').fill(scene.token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Why it waits' }).waitFor();
  const shown = await page.locator('main').innerText();
  const marked = await page.locator('.values mark.untrusted').allInnerTexts();
  for (const fact of [...valuesOf(requests.approved), 'irreversible', 'size(call.paths) > 0'])
    if (!shown.includes(fact)) return fail(`${fact} isn’t shown: ${shown}`);
  if (!marked.some((text) => text.includes('parcel 77-ann')))
    return fail(`what the customer wrote isn’t marked: ${shown}`);
  // While the agent asks, and asks again.
  const asking = repeats.map(() => answer(scene, requests.approved));
  await byKeys(scene);
  const heard = await Promise.all(asking);
  const left = await leftOnce(scene, requests.approved);
  if (!isWhole(left)) return fail('its attachment is another');
  for (const one of heard) if (one.isError || one.call !== call) return fail(one.text);
  const { id } = left;
  if (!heard.every(({ text }) => text.includes(id))) return fail(`not ${id}: ${heard[0]?.text}`);
  return `${heard.length} asked meanwhile`;
}

/** So many at once. */
const repeats = [1, 2, 3] as const;

async function byKeys({ lee: { page } }: Scene): Promise<void> {
  await page.waitForTimeout(lookMs);
  await page.keyboard.press('a');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'approved by lee' }).waitFor();
}

async function staysOnce(scene: Scene): Promise<string> {
  const again = await answer(scene, requests.approved);
  if (!again.codes.includes('call.duplicate')) return fail(again.text);
  if (again.call === callOf(scene, requests.approved)) return fail('one answer counts twice');
  await leftOnce(scene, requests.approved);
  return again.codes.join(', ');
}

async function look(scene: Scene, call: string): Promise<void> {
  const { page } = scene.lee;
  await page.goto(linkTo(scene, call));
  await page.getByRole('heading', { name: 'Why it waits' }).waitFor();
  await page.waitForTimeout(lookMs);
}

async function rejected(scene: Scene): Promise<string> {
  const { page } = scene.lee;
  await look(scene, await hold(scene, requests.rejected));
  await page.keyboard.press('r');
  await page.getByLabel(/Why you reject/).fill('that parcel is another customer’s');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('heading', { name: 'rejected by lee' }).waitFor();
  const heard = await answer(scene, requests.rejected);
  if (heard.code !== 'approval.rejected') return fail(heard.text);
  await nothingLeft(scene, requests.rejected);
  const recorded = await scene.desk.shown(requests.rejected, '--json');
  return recorded.includes('that parcel is another customer’s') ? heard.text : fail(recorded);
}

async function edited(scene: Scene): Promise<string> {
  const { page } = scene.lee;
  await look(scene, await hold(scene, requests.edited));
  await page.getByRole('button', { name: 'Edit …' }).click();
  await page.getByLabel('attachments').fill('null');
  await page.getByLabel(/^body/).fill('Dear eda, the label follows by post.');
  await page.getByRole('button', { name: 'Show what would happen' }).click();
  const agree = page.getByRole('button', { name: 'Change it, and approve the change' });
  await agree.waitFor();
  await page.waitForTimeout(lookMs);
  await agree.click();
  await page.getByText('call.finished').waitFor();
  const { text, parts } = await leftOnce(scene, requests.edited);
  if (parts.some(({ file }) => file !== null)) return fail('it still has its attachment');
  if (!text.includes('follows by post') || text.includes('here is the label')) return fail(text);
  const heard = await answer(scene, requests.edited);
  if (heard.isError) return fail(heard.text);
  if (!JSON.stringify(heard.edited ?? null).includes('follows by post')) return fail(heard.text);
  return heard.text.split('\n')[0] ?? '';
}

async function killed(scene: Scene): Promise<string> {
  const call = await hold(scene, requests.killed);
  await scene.desk.restart('kill');
  await nothingLeft(scene, requests.killed);
  await look(scene, call);
  await byKeys(scene);
  if (!isWhole(await leftOnce(scene, requests.killed))) return fail('its attachment is another');
  const heard = await answer(scene, requests.killed);
  if (heard.isError || heard.call !== call) return fail(heard.text);
  await leftOnce(scene, requests.killed);
  return '';
}

async function expired(scene: Scene): Promise<string> {
  const { desk, mail } = scene;
  const file = join(desk.directory, 'sallyport.yaml');
  const policy = await readFile(file, 'utf8');
  await writeFile(file, policy.replace('timeout: 15m', `timeout: ${briefly}`));
  await desk.restart();
  const call = await hold(scene, requests.expired);
  const alert = await mail.arrival(
    operators,
    'INBOX',
    ({ text }) => text.includes(call) && text.includes('approval_expired'),
  );
  if (alert === null) return fail('nobody was told');
  tellsNoValue(`${alert.subject}\n${alert.text}`, requests.expired);
  const heard = await answer(scene, requests.expired);
  if (heard.code !== 'approval.expired') return fail(heard.text);
  await nothingLeft(scene, requests.expired);
  return alert.subject;
}

async function verifies({ desk, slack, lee }: Scene): Promise<string> {
  for (const { body: posted } of slack.posted) slackText(JSON.parse(posted));
  if (lee.faults.length > 0) return fail(`the console: ${lee.faults.join(', ')}`);
  return await runSallyport(desk.directory, 'ledger', 'verify');
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let waitedMs = 0; !isSo(); waitedMs += pollMs) {
    if (waitedMs > patienceMs) fail(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
