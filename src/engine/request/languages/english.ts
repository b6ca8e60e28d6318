/** English, as people write to assistants. Words are those of the language; none is here for one task or one tool. */
import type { ActionFamily, Language, ObjectFamily } from '../language.ts';

/** Verbs of everything: what they do is said by what they are done to. */
const generalVerbs: ReadonlySet<string> = new Set(
  list(
    'get, give, put, make, take, let, set, send, add, move, invite, post, share, write, open, start, file, call, turn, use, enter, include, bring, create, change, update, return, submit, push, pull, drop, pass, hand, hold, check, run, process, report, ask, tell, note, log, place, book, order, schedule, release, clear, mark, close, end, stop, save, store, copy, transfer, forward, switch, try, issue, raise, reset, say, give back, give … back, keep, register, record, plan, arrange, set up, setup, load, prepare, reply, respond, answer, review, list, test, install, launch, build, apply, complete, finish, request, join, leave, follow, refund, do, allow, block, route, fix, name, accept, assign, attach, cancel, have … new, get … new',
  ),
);

/** The nearest verbs first: from the fourth on, a verb of everything needs its object. */
const nearVerbs = 3;

function family(text: string, nouns?: string): ActionFamily {
  const verbs = [...new Set(list(text))];
  const isGeneral = (verb: string, at: number) => at >= nearVerbs && generalVerbs.has(verb);
  return {
    verbs: verbs.filter((verb, at) => !isGeneral(verb, at)),
    general: verbs.filter(isGeneral),
    nouns: nouns === undefined ? [] : list(nouns),
  };
}
const nouns = (text: string): ObjectFamily => ({ nouns: list(text) });
const namedNouns = (text: string): ObjectFamily => ({ nouns: list(text), named: true });

function list(text: string): readonly string[] {
  return text.split(',').map((entry) => entry.trim());
}

const tell =
  'email, e-mail, mail, message, text, dm, ping, nudge, chase, chase up, follow up with, touch base with, check in with, check with, hit up, congratulate, write to, notify, inform, tell, let … know, contact, reach out, reach, page, get in touch with, drop … line|note|message|email|mail|text, shoot … line|note|message|email|mail|text, give … note|heads-up|message|shout|notice, thank, ask, remind, alert, answer … him|her|them';
const send = `send, resend, re-send, send out, mail out, forward, fwd, reply, respond, submit, pass on, pass along, relay, circulate, distribute, broadcast, announce, dispatch, deliver, transmit, share, cc, bcc, loop in, get … to, write … to, get back to, write back, reply all, reply-all, hand, convey, report, ${tell}`;
const change =
  'update, change, edit, modify, set, adjust, adapt, correct, fix, amend, revise, alter, improve, replace, swap, substitute, switch, tweak, refresh, rewrite, convert, make, turn, increase, decrease, raise, lower, reduce, extend, shorten, bump, complete, fill in, fill out, add, append, insert, include, put, patch, upgrade, downgrade, toggle, sync, rename, mark, reset, remove … from, delete … from, take … off, take … out, expand, clean up, polish, format, reformat, finish, upsert, override, refactor, debug, simplify, restructure, tidy, record, enter, log, have … new, get … new';
const make =
  'create, make, add, set up, start, generate, write, draft, prepare, put, build, compose, open, raise, file, insert, register, enter, log, record, produce, draw up, put together, spin up, launch, provision, note, note down, jot down, write down, schedule, plan, arrange, organize, organise, book, block, block out, block off, pencil in, initialize, initialise, init, scaffold, save, issue, submit, design, develop, implement, establish, post, store, define, setup, set, remind me, remind us';
const place =
  'schedule, book, arrange, set up, setup, plan, organize, organise, create, make, add, put, block, block out, block off, pencil in, slot in, fit in, set, reserve, fix, call';
const append =
  'append, add, put, insert, write, include, log, note, note down, record, attach, enter, jot down, write down, update, edit, extend, paste, complete, supplement, expand';
const write = `write, create, save, generate, draft, compose, store, produce, overwrite, export, dump, output, implement, refactor, make, prepare, copy … into, ${change}, ${append}`;
const remove =
  'delete, remove, erase, tear down, decommission, dismantle, nuke, wipe out, weed out, trash, discard, get rid of, clear, clear out, purge, wipe, drop, destroy, bin, throw away, throw out, take down, take off, take out, clean up, clean out, empty, eliminate, scrap, unpublish, cancel, expunge, shred, dispose of, rm, prune, strike';
const cancel =
  'cancel, call off, abort, delete, remove, revoke, withdraw, stop, terminate, end, void, scrap, drop, unbook, annul, rescind, opt out, unsubscribe, discontinue, get out of, undo, scratch, clear, retract';
const move =
  'move, relocate, transfer, put, shift, drag, migrate, place, archive, push back, push, bring forward, postpone, reschedule, delay, transition, sort, reorganize, reorganise, bring, file, pull, change, swap, organize, organise';
const reschedule =
  'reschedule, move, postpone, push back, push, shift, change, delay, bring forward, rebook, put off, update, adjust, set back, switch, defer, swap, advance, rearrange, pull forward, move up, move back, move forward, make, set';
const book =
  'book, reserve, make … reservation|booking|appointment, get … table|ticket|tickets|seat|seats|taxi|cab|appointment|slot, hire, rent, prebook, pre-book, secure, rebook, arrange, schedule, order, buy, purchase, put … down for, hold';
const bookNouns = 'reservation, booking, appointment, table, taxi, cab, ticket';
const buy =
  'buy, order, purchase, reorder, re-order, place … order, check out, checkout, pay for, acquire, procure, restock, stock up on, pick up, pre-order, preorder, add … cart|basket, get … ticket|tickets, invest in, grab';
const pay =
  'pay, settle, transfer, send, wire, remit, make … payment|transfer|deposit|donation, reimburse, repay, pay back, pay off, pay for, cover, tip, donate, fund, deposit, compensate, top up, refund, clear, take care of, give, give … back, repeat … payment|transfer|donation, schedule, set up, initiate, return';
const transfer =
  'transfer, wire, remit, send, move, pay, make … transfer|payment|deposit, shift, pay back, repay, refund, deposit, put, hand over, pass, forward, redirect, return, give, give … back, settle, repeat … payment|transfer';
const refund =
  'refund, reimburse, pay back, give … back, issue … refund|reimbursement|credit, process … refund|reimbursement|return, initiate … refund|return, make … refund, return, credit, compensate, get … back';
const publish =
  'post, publish, put up, share, upload, tweet, announce, release, send, write, submit, make … live|public, push, add, leave … comment|review|message|note, comment, broadcast, create, repost, drop';
/** What is said to people in a place where they read it. */
const addressed =
  'tell, let … know, ask, thank, remind, inform, notify, alert, congratulate, welcome, greet, say, answer, reply, respond, put';
const comment =
  'comment, leave … comment|note|review|feedback|reply, reply, respond, add, post, write, note, annotate, review, give … feedback, put, say, answer, tell|inform|let|write|mention|put|say|note|ask … comment|comments, tell';
const assign =
  'assign, reassign, re-assign, give, allocate, delegate, put … on, hand, set, designate, appoint, make, route, add, transfer, move, change, hand over, pass, pass on, have|let|ask|get … take over|care|charge|ownership';
const approve =
  'approve, accept, authorise, authorize, confirm, sign off, green-light, greenlight, okay, ok, endorse, allow, grant, give … approval, pass, clear, ratify, permit, lgtm, validate, process';
const reject =
  'reject, decline, deny, refuse, turn down, dismiss, disapprove, request changes, block, veto, send … back, rebuff';
const close =
  'close, resolve, complete, finish, shut, end, mark, finalise, finalize, wrap up, terminate, conclude, set, close out, tick off, check off, dismiss, settle, move, update, change';
const open =
  'open, create, file, raise, start, launch, reopen, re-open, make, submit, register, log, set up, report, initiate, set, write, send, apply for';
const run =
  'run, execute, rerun, re-run, start, launch, trigger, invoke, perform, kick off, call, fire, process, evaluate, test, build, compile, lint, deploy, install, restart, try, check, use, benchmark, profile, verify, debug, reproduce, bring up, spin up';
const stop =
  'stop, halt, kill, terminate, shut down, shutdown, pause, turn off, switch off, power off, end, suspend, take down, bring down, quit, abort, cancel, disable, interrupt, freeze, tear down';
const start =
  'start, launch, boot, begin, run, turn on, switch on, power on, bring up, spin up, resume, activate, enable, kick off, initiate, fire up, trigger, restart, unpause, commence';
const enable =
  'enable, turn on, turn back on, activate, switch on, allow, start, opt in, unlock, unblock, unmute, restore, reactivate, set … on|true, set up, add, permit, resume, unfreeze, reinstate';
const disable =
  'disable, turn off, deactivate, switch off, block, stop, mute, suspend, pause, put … on hold, lock, freeze, opt out, shut off, shut down, cut off, set … off|false, remove, silence, revoke, close, cancel, ban';
const grant =
  'grant, give, allow, assign, provide, share, add, authorize, authorise, let, permit, extend, enable, make … admin|administrator|owner|editor|viewer|member|moderator, make, promote, invite, set, upgrade';
const revoke =
  'revoke, remove, take away, cancel, withdraw, disable, rescind, unshare, cut off, terminate, strip, deny, delete, stop sharing, take off, kick, block, end, invalidate, demote';
const share =
  'share, re-share, give … access|permission|permissions, grant … access|permission|permissions, let … see|view|edit|access|read, invite, send, make … public|available|accessible|visible, publish, open up, provide, allow … to, circulate, distribute, add … viewer|editor|collaborator|reader|commenter|collaborators|viewers|editors, make … viewer|editor|collaborator|reader|commenter, collaborate on, pass on, pass along, drop|leave|put|post|paste|add|include … link|links|url';
const invite =
  'invite, re-invite, add, send … invite|invites|invitation|invitations, ask, include, bring in, onboard, loop in, have … join, let … join, get … to join, get … into|onto, summon, sign up, enrol, enroll, put, cc, call';
const subscribe =
  'subscribe, sign up, join, register, enrol, enroll, follow, opt in, add, upgrade, start, get, set up, renew';
const unsubscribe =
  'unsubscribe, opt out, get … off, cancel, take … off, leave, unfollow, stop, remove, end, sign out';
const save =
  'save, store, keep, write, record, export, download, back up, backup, put, bookmark, note, note down, persist, create, add, archive, file, jot down, write down, remember, memorize, memorise, copy';
const mark =
  'mark, flag, star, label, tag, set, categorise, categorize, classify, check off, tick off, tick, treat, snooze, pin, highlight, prioritise, prioritize, move, change, update, unmark, unflag, put, report, add';
const deploy =
  'deploy, redeploy, ship, release, roll out, push, publish, promote, launch, put … production|live, upgrade, update, install, apply, go live, roll back, rollback, revert, downgrade';
const revert =
  'revert, roll back, rollback, undo, restore, downgrade, reset, back out, recover, undelete, bring back, reinstate, return';
const submit =
  'submit, hand in, turn in, send, file, upload, post, apply, enter, lodge, put in, request, complete, fill in, fill out, report, log, register, make, raise, create, book';
const confirm =
  'confirm, accept, verify, approve, finalize, finalise, lock in, check in, rsvp, go ahead with, validate, reconfirm, acknowledge, book, reply';
const enroll =
  'register, enrol, enroll, sign up, add, subscribe, join, check in, admit, onboard, put … down for, put, book, create';
const link =
  'link, connect, attach, associate, tie, join, relate, add, hook up, integrate, pair, map, bind, unlink, disconnect';
const attach = 'attach, add, include, upload, link, put, append, enclose, send, insert, embed';

const actions: { readonly [action: string]: ActionFamily } = {
  send: family(`${send}, answer … email|mail|message|letter`),
  reply: family(
    'reply, respond, reply all, reply-all, write back, get back to, answer … email|emails|mail|mails|message|messages|comment|ticket|him|her|them, send … reply|response|answer, email … back, text … back, message … back, acknowledge, let … know, tell, thank',
  ),
  forward: family(
    'forward, fwd, pass on, pass along, relay, redirect, resend, re-send, send, share',
  ),
  message: family(send),
  email: family(`${send}, answer … email|mail|message|letter`),
  notify: family(send),
  create: family(make),
  add: family(
    'add, append, insert, include, put, attach, enter, invite, sign up, enrol, enroll, register, create, log, write, record, note, note down, cc, bring in, make, set, save, store, schedule, book, introduce, onboard, post, give, remind me, remind us',
  ),
  schedule: family(`${place}, remind me, remind us, invite`, 'appointment, meeting, call'),
  plan: family(place),
  remind: family(
    'remind, set … reminder|alarm, add … reminder, create … reminder, make … reminder',
  ),
  update: family(`${change}, reschedule, move, postpone, assign`),
  edit: family(change),
  change: family(`${change}, reschedule, move, postpone`),
  modify: family(`${change}, reschedule, move, postpone`),
  append: family(append),
  write: family(write),
  replace: family(`replace, swap, exchange, substitute, ${change}`, 'replacement'),
  delete: family(remove),
  remove: family(
    `${remove}, uninvite, disinvite, kick, unassign, detach, exclude, revoke, unshare, strip, expel, evict, unsubscribe, unlink, fire, ban, leave … out, cross … off`,
  ),
  cancel: family(cancel, 'cancellation'),
  move: family(move),
  rename: family(
    'rename, change … name|title|filename, name, retitle, relabel, title, call, give … name, set … name|title, update … name|title, rebrand',
  ),
  copy: family(
    'copy, duplicate, clone, replicate, back up, backup, make … copy|copies|duplicate|backup, create … copy|copies|duplicate|backup, mirror, fork, save … copy',
  ),
  share: family(share),
  invite: family(invite),
  upload: family(
    'upload, attach, import, put, post, push, add, send, submit, save, store, back up, backup, publish, load, transfer, drop',
  ),
  download: family('download, fetch, export, get, save, pull, grab, retrieve, import, load, copy'),
  reschedule: family(reschedule),
  postpone: family(reschedule),
  book: family(book, bookNouns),
  reserve: family(book, bookNouns),
  rent: family(book, 'rental'),
  order: family(buy),
  buy: family(buy),
  purchase: family(buy),
  checkout: family(buy),
  sell: family('sell, get rid of, offload, liquidate, dispose of, trade, cash out, list, dump'),
  trade: family('trade, buy, sell, exchange, swap, purchase, invest in'),
  invest: family('invest, put, buy, purchase, allocate'),
  pay: family(pay),
  transfer: family(transfer),
  wire: family(transfer),
  donate: family('donate, give, contribute, make … donation|contribution, pay, send, transfer'),
  withdraw: family('withdraw, take out, cash out, pull out, get … out, retract, cancel, take back'),
  deposit: family('deposit, pay in, put, add, top up, fund, transfer, bank'),
  credit: family(
    'credit, issue … credit|refund, give … credit|refund, refund, reimburse, compensate, grant … credit, apply … credit, book … credit',
    'credit',
  ),
  refund: family(refund, 'refund, reimbursement, money back'),
  return: family(
    'return, send … back, give … back, exchange, bring back, take back, refund, process … return, initiate … return, start … return, make … return',
  ),
  exchange: family(
    'exchange, swap, replace, trade, switch, change, convert, return',
    'replacement, exchange',
  ),
  charge: family('charge, bill, invoice, debit, collect, take … payment, process … payment'),
  invoice: family(`invoice, bill, charge, send, ${make}`),
  post: { ...family(publish), general: [...family(publish).general, ...list(addressed)] },
  publish: family(`${publish}, make … live|public, deploy, launch, roll out`),
  comment: family(comment),
  review: family(
    'review, leave … review|rating|feedback, rate, write … review, comment, approve, post … review',
  ),
  rate: family(
    'rate, give … rating|stars|score|review, leave … rating|review, review, score, grade',
  ),
  assign: family(assign),
  approve: family(approve),
  accept: family(`accept, agree to, take, rsvp, say yes, ${approve}`),
  reject: family(reject),
  decline: family(`${reject}, say no, cancel, rsvp no, skip`),
  close: family(`${close}, cancel, deactivate, delete`),
  resolve: family(close),
  complete: family(close),
  open: family(open),
  merge: family(
    'merge, combine, squash, land, integrate, join, rebase, consolidate, unite, ship, accept, bring together, deduplicate, dedupe',
  ),
  split: family('split, divide, separate, break up, share'),
  run: family(run),
  execute: family(run),
  trigger: family(run),
  test: family(run),
  build: family(`${run}, make, create, rebuild, package, generate`),
  start: family(start),
  stop: family(stop),
  pause: family(stop),
  resume: family(`${start}, continue, unpause, unfreeze, reactivate`),
  restart: family(
    'restart, reboot, bounce, relaunch, reset, cycle, power cycle, bring … back up, reload, turn … off and on, recycle, re-start',
  ),
  scale: family(
    'scale, resize, scale up, scale down, scale out, scale in, increase, decrease, grow, shrink, add, bump, reduce, raise, lower, set, double, expand',
  ),
  deploy: family(deploy),
  release: family(deploy),
  rollback: family(revert),
  revert: family(revert),
  undo: family(revert),
  restore: family(revert),
  install: family('install, reinstall, set up, setup, add, upgrade, update, deploy, download, get'),
  uninstall: family('uninstall, remove, delete, get rid of, drop'),
  commit: family('commit, check in, save, push, submit, stage'),
  push: family('push, force-push, commit, publish, upload, send, deploy, sync'),
  pull: family('pull, fetch, sync, update, get, download'),
  branch: family(`branch, fork, check out, checkout, switch, ${make}`),
  clone: family('clone, copy, duplicate, fork, check out, checkout, download, replicate, get'),
  fork: family('fork, copy, clone, duplicate'),
  subscribe: family(subscribe, 'subscription, membership'),
  unsubscribe: family(unsubscribe),
  follow: family('follow, subscribe, track, watch, add, connect with'),
  join: family('join, enter, sign up, add, become, enrol, enroll, subscribe, hop on'),
  leave: family('leave, exit, quit, get out of, unsubscribe, unfollow, drop out, remove, resign'),
  register: family(enroll),
  enroll: family(enroll),
  archive: family(
    'archive, store, move, put away, file, clean up, tidy up, tidy, back up, stow, clear',
  ),
  unarchive: family('unarchive, restore, bring back, reopen, move'),
  mark: family(mark),
  flag: family(mark),
  label: family(mark),
  tag: family(mark),
  star: family(mark),
  pin: family('pin, stick, highlight, bookmark, put, keep, unpin'),
  draft: family(
    'draft, write, compose, prepare, create, draw up, put together, come up with, make, formulate, reply, respond, save, word, generate, answer … email|mail|message',
  ),
  save: family(save),
  store: family(save),
  record: family(save),
  log: family(`${save}, log, enter, track, register, report`),
  remember: family(
    'remember, note, note down, save, keep in mind, memorize, memorise, store, record, write down, jot down',
  ),
  forget: family('forget, delete, remove, erase, clear, drop'),
  set: family(`${change}, configure, define, assign, enable, disable, choose, select`),
  configure: family(`configure, set up, setup, customize, customise, ${change}`),
  enable: family(enable),
  activate: family(enable),
  disable: family(disable),
  deactivate: family(disable),
  lock: family('lock, freeze, block, secure, suspend, disable, protect, close, restrict'),
  unlock: family('unlock, unfreeze, unblock, open, enable, reset, reactivate'),
  block: family(
    'block, ban, mute, blacklist, blocklist, restrict, deny, stop, suspend, freeze, report, bar',
  ),
  unblock: family('unblock, unban, allow, unmute, unlock, whitelist, allowlist'),
  suspend: family(disable),
  freeze: family('freeze, lock, block, suspend, pause, disable, hold, put … on hold'),
  mute: family('mute, silence, turn off, snooze, pause, disable, unmute'),
  grant: family(grant),
  revoke: family(revoke),
  reset: family(
    'reset, change, clear, restore, recover, set … back, unlock, reinitialize, re-send, wipe, renew, regenerate',
  ),
  rotate: family(
    'rotate, renew, replace, regenerate, change, roll, cycle, reissue, refresh, update',
  ),
  submit: family(submit),
  request: family(`${submit}, ask for, ask, claim, order, apply for, demand, get`),
  apply: family(
    'apply, submit, use, redeem, put in, add, send, file, request, enter, activate, implement',
  ),
  claim: family('claim, file, submit, make … claim, request, redeem, report, get … back, put in'),
  redeem: family('redeem, use, apply, spend, exchange, cash in, claim'),
  confirm: family(confirm),
  verify: family('verify, confirm, validate, authenticate, check, approve, certify'),
  call: family(
    'call, phone, ring, dial, call up, give … call|ring, telephone, ring up, facetime, contact, call back',
  ),
  print: family('print, print out, output, make … copy|copies|printout'),
  sign: family('sign, e-sign, esign, countersign, endorse, approve, initial'),
  generate: family(
    'generate, create, make, produce, build, export, render, prepare, compile, draw up, write, issue, print, design',
  ),
  export: family(
    'export, download, save, generate, dump, extract, output, send, convert, back up, backup, print',
  ),
  import: family(
    'import, load, upload, bring in, ingest, add, pull in, migrate, transfer, copy, sync',
  ),
  sync: family('sync, synchronize, synchronise, update, refresh, push, pull, back up, align'),
  backup: family(
    'back up, backup, copy, save, export, archive, snapshot, make … backup, create … backup, take … backup',
  ),
  escalate: family(
    'escalate, raise, transfer, hand over, hand off, pass on, bump, forward, hand, refer, route, send, assign, flag',
  ),
  refer: family(
    'refer, send, transfer, forward, recommend, direct, route, make … referral',
    'referral',
  ),
  prescribe: family(
    'prescribe, order, refill, renew, write … prescription, issue, put … on, start, send',
  ),
  refill: family(
    'refill, renew, reorder, repeat, top up, order, replenish, get … refill',
    'refill',
  ),
  renew: family(
    'renew, extend, prolong, re-up, continue, reorder, resubscribe, refresh',
    'renewal',
  ),
  extend: family(
    'extend, prolong, lengthen, renew, push back, increase, push, move, make',
    'extension',
  ),
  upgrade: family('upgrade, update, bump, move, switch, change, improve, raise, bring', 'upgrade'),
  downgrade: family('downgrade, move, switch, change, reduce, lower'),
  hire: family('hire, onboard, employ, recruit, appoint, take on, bring on, make … offer'),
  fire: family('fire, dismiss, terminate, lay off, let go, let … go, offboard, sack'),
  onboard: family(
    'onboard, on-board, add, set up, create, register, invite, hire, enrol, enroll, welcome',
  ),
  offboard: family('offboard, off-board, remove, deactivate, terminate, disable, revoke'),
  promote: family('promote, advance, upgrade, make, raise, elevate, move up, move, advertise'),
  ship: family('ship, dispatch, send, deliver, mail, post, release, deploy, courier, express'),
  track: family('track, follow, monitor, watch, log, record, trace'),
  attach: family(attach),
  link: family(link),
  connect: family(link),
  unlink: family('unlink, disconnect, detach, remove, separate, unpair'),
  disconnect: family('disconnect, unlink, detach, remove, unplug, turn off, hang up'),
  compare: family('compare, contrast, weigh'),
  vote: family('vote, upvote, downvote, cast … vote, choose, poll'),
  like: family('like, heart, thumb up, upvote, react to, favorite, favourite, love'),
  react: family('react, like, add … reaction, thumb up, heart, respond'),
  play: family('play, put on, start, listen to, queue, stream, resume'),
  turn: family(
    'turn, turn on, turn off, switch on, switch off, turn up, turn down, switch, set, rotate, change, dim, put',
  ),
  query: family('query, run, execute, select, search, look up, fetch'),
  insert: family(`${append}, create, upsert, save, store`),
  apologize: family('apologize, apologise, say sorry'),
  translate: family('translate, convert, render, localize, localise'),
};

const objects: { readonly [object: string]: ObjectFamily } = {
  mail: nouns(
    'mail, email, e-mail, inbox, mailbox, newsletter, spam, mail thread, email thread, draft, reply, outbox, correspondence, letter, subject line, cc',
  ),
  message: nouns(
    'message, dm, direct message, text, text message, sms, chat, reply, note, private message, whatsapp, announcement, ping, slack message, notification, voicemail',
  ),
  channel: nouns(
    'channel, group, group chat, room, thread, chat, space, server, workspace, conversation',
  ),
  event: nouns(
    'event, meeting, appointment, calendar, invite, invitation, call, lunch, dinner, breakfast, brunch, coffee, party, reunion, interview, sync, standup, stand-up, session, class, lesson, workshop, webinar, conference, conference call, check-up, checkup, check-in, visit, slot, time slot, hike, reminder, one-on-one, 1:1, catch-up, follow-up, training, demo, review, retro, retrospective, birthday, anniversary, concert, talk, presentation, kickoff, kick-off, get-together, gathering, celebration, date, attendee, participant, guest, agenda, video call, zoom, block, hour, seminar, shift, deadline, consultation, workout, rehearsal, picnic, barbecue, offsite, briefing',
  ),
  reminder: nouns('reminder, alarm, alert, notification, timer, task, event, to-do, todo'),
  task: nouns(
    'task, to-do, todo, to-do list, todo list, action item, item, checklist, card, assignment, subtask, sub-task, list, chore, milestone, deadline, story, ticket, reminder, board, sprint, backlog',
  ),
  file: nouns(
    'file, document, doc, drive, spreadsheet, sheet, workbook, slide, slides, deck, presentation, report, pdf, folder, directory, attachment, photo, picture, image, video, list, log, minutes, minute, notes, note, memo, contract, resume, cv, draft, template, csv, text file, word document, excel, google doc, backup, archive, recording, plan, proposal, paper, readme, script, code, config, configuration, module, source, function, class, page, unit test, test case, integration test, form, invoice, receipt, statement, agreement, letter, summary, essay, article, version, transcript, recipe, budget, brief, copy, manuscript, scan, log file, itinerary, test, spec, copy of',
  ),
  folder: nouns('folder, directory, drive, album, collection, label, mailbox, subfolder'),
  note: nouns('note, memo, notebook, journal, diary, page, entry, minute, list, notepad'),
  contact: nouns(
    'contact, address book, phone number, number, email address, person, contact detail, contact information, contact list, phonebook, contact card',
  ),
  user: namedNouns(
    'user, account, member, profile, admin, administrator, login, username, user name, seat, workspace',
  ),
  profile: nouns(
    'profile, status, address, phone number, bio, name, personal information, personal detail, user information, details, info, information, email address, avatar, street, city, contact detail, date of birth',
  ),
  password: namedNouns('password, passcode, pin, passphrase, credential, login, secret, pass word'),
  permission: namedNouns(
    'permission, access, rights, access right, role, privilege, sharing, read access, write access, edit access, admin access, admin right, visibility',
  ),
  credential: namedNouns(
    'credential, key, api key, token, secret, password, certificate, ssh key, access key, cert, access token',
  ),
  payment: namedNouns(
    'payment, money, transaction, transfer, wire, wire transfer, bank transfer, rent, fee, funds, dollar, euro, pound, quid, buck, cent, pence, grand, krona, peso, usd, eur, gbp, chf, cash, deposit, standing order, direct debit, refund, donation, debt, installment, instalment, tip, allowance, amount, sum, difference, cheque, franc, yen, rupee, down payment, prepayment, pocket money, bitcoin, crypto',
  ),
  account: namedNouns(
    'account, bank account, savings, checking, savings account, membership, login, profile, wallet',
  ),
  card: namedNouns('card, credit card, debit card, bank card, visa, mastercard, pin, card limit'),
  invoice: nouns('invoice, bill, receipt, statement, quote, estimate'),
  order: nouns(
    'order, purchase, delivery, shipment, package, parcel, item, product, cart, basket, grocery, groceries, good, goods, supply, supplies, shopping, food, meal, pizza, gift, book, copy, share, stock, checkout',
  ),
  cart: nouns('cart, basket, shopping cart, bag, trolley, item, wishlist, wish list'),
  product: nouns(
    'product, item, article, listing, good, goods, stock, inventory, sku, catalog, catalogue',
  ),
  return: nouns('return, item, order, package, exchange, refund'),
  address: nouns(
    'address, shipping address, delivery address, billing address, home address, street',
  ),
  reservation: nouns(
    'reservation, booking, table, room, flight, seat, ticket, hotel, stay, car, appointment, restaurant, slot, trip, rental, itinerary, suite, taxi, cab, train, desk, court',
  ),
  hotel: nouns(
    'hotel, room, stay, suite, night, accommodation, lodging, hostel, motel, resort, apartment, airbnb, bed and breakfast, b&b, inn, place to stay, reservation, booking, guesthouse, villa',
  ),
  restaurant: nouns(
    'restaurant, table, dinner, lunch, breakfast, brunch, cafe, café, bistro, diner, reservation, booking, place to eat, meal, eatery, bar, pub',
  ),
  flight: nouns(
    'flight, plane, plane ticket, airline ticket, airfare, seat, ticket, reservation, booking, itinerary, trip, baggage, bag, luggage, cabin, upgrade, passenger, fare, layover',
  ),
  train: nouns(
    'train, train ticket, rail ticket, ticket, seat, railcard, coach, bus, bus ticket, reservation, booking',
  ),
  car: nouns(
    'car, rental car, vehicle, suv, van, rental, car rental, hire car, sedan, truck, reservation, booking, convertible, scooter, motorbike',
  ),
  taxi: nouns('taxi, cab, ride, uber, lyft, car, airport transfer, shuttle, driver, pickup'),
  trip: nouns(
    'trip, journey, travel, itinerary, vacation, holiday, tour, excursion, cruise, flight, hotel',
  ),
  ticket: nouns(
    'ticket, issue, case, support ticket, bug, request, incident, support request, complaint, support case, seat',
  ),
  issue: nouns(
    'issue, bug, ticket, bug report, feature request, defect, problem, report, task, story, epic, card, item, incident',
  ),
  pull_request: nouns(
    'pull request, pr, merge request, patch, branch, change, diff, changeset, commit, review, dependency bump, fix, feature, work',
  ),
  repository: nouns('repository, repo, project, codebase, fork, code base, gist'),
  branch: nouns('branch, feature branch, release branch, main, master, tag, trunk, fork'),
  commit: nouns('commit, change, revision, patch, work, diff'),
  comment: nouns(
    'comment, reply, feedback, remark, note, review, annotation, response, thread, issue, ticket, pull request, pr, post',
  ),
  review: nouns('review, rating, feedback, testimonial, star, score, comment'),
  post: nouns(
    'post, tweet, update, status, story, article, blog, blog post, announcement, photo, picture, reel, thread, timeline, feed, social media, caption, press release, news',
  ),
  page: nouns(
    'page, website, site, web page, webpage, wiki, wiki page, article, landing page, url, link, blog, homepage, home page',
  ),
  database: nouns(
    'database, db, table, row, record, schema, index, collection, migration, query, column, backup, entry',
  ),
  record: nouns('record, entry, row, field, data, item, file, chart, log, dataset'),
  server: nouns(
    'server, instance, vm, virtual machine, machine, host, node, droplet, box, container, service, cluster, computer, pod',
  ),
  service: nouns(
    'service, server, app, application, version, release, build, production, staging, rollout, deployment, api, container, pod, worker, daemon, process, site, backend, frontend, gateway, proxy, nginx, system',
  ),
  deployment: nouns(
    'deployment, release, version, build, service, app, rollout, production, staging, pod, replica, application, site, environment',
  ),
  cluster: nouns('cluster, node, pod, node pool, kubernetes, nodes, namespace'),
  job: nouns(
    'job, pipeline, workflow, build, cron job, task, run, ci, action, script, process, migration, backup',
  ),
  command: nouns(
    'command, script, test, build, program, job, linter, suite, test suite, unit test, migration, code, server, task, benchmark, tests, shell, terminal, formatter',
  ),
  package: nouns(
    'package, library, dependency, module, plugin, extension, app, application, software, tool, version, parcel, shipment',
  ),
  setting: nouns(
    'setting, status, preference, option, configuration, config, mode, notification, alert, feature, flag, feature flag, language, theme, time zone, timezone, limit, threshold, value, variable, environment variable, parameter, default, signature, auto-reply, out of office, two-factor, 2fa, policy, rule',
  ),
  rule: nouns('rule, filter, policy, firewall rule, automation, alert, workflow, condition'),
  subscription: nouns(
    'subscription, plan, membership, newsletter, mailing list, service, trial, free trial, renewal, list',
  ),
  customer: nouns(
    'customer, client, lead, account, contact, prospect, buyer, company, record, customer record',
  ),
  lead: nouns('lead, prospect, contact, opportunity, deal, customer'),
  deal: nouns('deal, opportunity, pipeline, stage, lead, quote, contract, proposal'),
  patient: nouns('patient, chart, patient record, medical record, record, referral, history'),
  prescription: nouns(
    'prescription, medication, medicine, refill, drug, med, meds, dose, dosage, repeat prescription, pill, tablet',
  ),
  appointment: nouns(
    'appointment, visit, slot, consultation, check-up, checkup, booking, session, time slot, screening, follow-up, scan, exam, meeting, surgery, vaccination',
  ),
  claim: nouns(
    'claim, expense claim, insurance claim, reimbursement, expense, case, expense report',
  ),
  expense: nouns(
    'expense, expense report, expense claim, receipt, claim, reimbursement, spending, cost',
  ),
  leave: nouns(
    'leave, leave request, time off, vacation, holiday, pto, sick day, sick leave, day off, days off, absence, annual leave, parental leave, request',
  ),
  timesheet: nouns('timesheet, time sheet, hour, time entry, time'),
  employee: nouns(
    'employee, staff, worker, hire, new hire, candidate, colleague, team member, person, starter, new starter, contractor',
  ),
  candidate: nouns('candidate, applicant, application, interviewee, resume, cv, application'),
  job_posting: nouns('job posting, job ad, vacancy, opening, position, role, job'),
  course: nouns('course, class, lesson, module, training, program, programme, workshop'),
  playlist: nouns('playlist, song, music, track, album, queue, podcast'),
  device: nouns(
    'device, light, lamp, thermostat, heating, lock, door, alarm, speaker, tv, camera, fan, heater, air conditioning, temperature, blind, phone, laptop, printer',
  ),
  policy: nouns('policy, coverage, plan, insurance, rule'),
  contract: nouns('contract, agreement, nda, lease, document, form, paperwork'),
  application: nouns('application, app, form, request'),
  label: nouns('label, tag, category, folder, flag'),
  document: nouns(
    'file, document, doc, report, contract, letter, pdf, spreadsheet, paper, form, draft, page, presentation, memo, minutes, plan, proposal, summary',
  ),
  stock: namedNouns(
    'stock, share, position, etf, bond, fund, crypto, bitcoin, option, portfolio, security',
  ),
  loan: namedNouns('loan, mortgage, credit, overdraft, credit line'),
};

/** What no more of the language than this file needs to be told apart by. */
const functionWords = list(
  "the, a, an, and, or, of, to, in, on, for, with, from, at, by, is, are, was, be, it, its, this, that, these, those, my, me, i, i'm, i'd, i'll, i've, you, your, we, us, our, he, she, they, them, him, her, his, their, please, can, could, would, should, will, do, does, don't, not, no, if, then, than, what, when, where, which, who, how, why, there, have, has, had, all, any, some, about, as, into, let, let's, but, so, up, out, also, just, need, want, like, thanks, thank, hi, hello, hey, today, tomorrow, get, give, show, tell",
);
const foreignWords = list(
  'der, das, und, ist, nicht, ein, eine, einen, einer, dem, den, mit, für, auf, von, zu, zum, bitte, ich, mir, meine, meinen, wie, wer, sie, le, la, les, des, un, une, et, est, pour, avec, dans, mon, mes, je, moi, vous, tous, toutes, du, au, sur, que, el, los, las, del, y, en, por, para, con, una, mi, al, todos, todas, cuál, favor, il, che, di, per, gli, della, nella, sono, tutti, mio, mia, e, o, os, uma, não, meu, minha, em, todos, het, een, van, niet, voor, naar, mijn, alle, att, och, jag, inte, det, som, og, jeg, ikke, til, w, z, na, się, nie, do, jest, bir, ve, bu, için, lütfen',
).filter((word) => !functionWords.includes(word));

const irregularPlurals: { readonly [noun: string]: string } = {
  person: 'people',
  child: 'children',
  man: 'men',
  woman: 'women',
  index: 'indices',
};

function plural(noun: string): string {
  const irregular = irregularPlurals[noun];
  if (irregular !== undefined) return irregular;
  if (/[^aeiou]y$/u.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|z|ch|sh)$/u.test(noun) ? `${noun}es` : `${noun}s`;
}

/** With the last consonant doubled and without: nobody needs to know which is right. */
function gerund(verb: string): readonly string[] {
  if (/[^aeiouy]ie$/u.test(verb)) return [`${verb.slice(0, -2)}ying`];
  if (/[^eoy]e$/u.test(verb)) return [`${verb.slice(0, -1)}ing`];
  return /[aeiou][^aeiouwxy]$/u.test(verb)
    ? [`${verb}ing`, `${verb}${verb.slice(-1)}ing`]
    : [`${verb}ing`];
}

/** Of the verbs whose participle isn't made with `-ed`. */
const irregularParticiples: { readonly [verb: string]: string } = {
  begin: 'begun',
  bring: 'brought',
  build: 'built',
  buy: 'bought',
  cut: 'cut',
  do: 'done',
  draw: 'drawn',
  find: 'found',
  forget: 'forgotten',
  freeze: 'frozen',
  get: 'gotten',
  give: 'given',
  hide: 'hidden',
  hold: 'held',
  keep: 'kept',
  leave: 'left',
  lend: 'lent',
  let: 'let',
  make: 'made',
  pay: 'paid',
  put: 'put',
  read: 'read',
  repay: 'repaid',
  resend: 'resent',
  rewrite: 'rewritten',
  run: 'run',
  say: 'said',
  sell: 'sold',
  send: 'sent',
  set: 'set',
  show: 'shown',
  shut: 'shut',
  split: 'split',
  take: 'taken',
  tell: 'told',
  undo: 'undone',
  withdraw: 'withdrawn',
  write: 'written',
};

function participle(verb: string): readonly string[] {
  const irregular = irregularParticiples[verb];
  if (irregular !== undefined) return [irregular];
  if (/e$/u.test(verb)) return [`${verb}d`];
  if (/[^aeiou]y$/u.test(verb)) return [`${verb.slice(0, -1)}ied`];
  return /[aeiou][^aeiouwxy]$/u.test(verb)
    ? [`${verb}ed`, `${verb}${verb.slice(-1)}ed`]
    : [`${verb}ed`];
}

const commentedOn = list('ticket, issue, pull_request, post, task, document, page, claim, deal');
const credited = list('payment, customer, account, order, invoice, subscription');

export const english: Language = {
  tag: 'en',
  functionWords,
  foreignWords,
  actions,
  objects,
  people: list('user, contact, employee, customer, patient, candidate, lead, account'),
  implied: {
    send: ['mail', 'message'],
    resend: ['mail', 'message'],
    forward: ['mail', 'message'],
    fwd: ['mail', 'message'],
    reply: ['mail', 'message', 'comment'],
    respond: ['mail', 'message', 'comment'],
    ask: ['mail', 'message', 'channel'],
    lint: ['command', 'job'],
    compile: ['command', 'job'],
    build: ['command', 'job'],
    test: ['command', 'job'],
    'reply all': ['mail', 'message'],
    'reply-all': ['mail', 'message'],
    'reach out': ['mail', 'message'],
    page: ['message'],
    'write back': ['mail', 'message'],
    'get back to': ['mail', 'message'],
    email: ['mail', 'message'],
    'e-mail': ['mail', 'message'],
    mail: ['mail', 'message'],
    cc: ['mail'],
    bcc: ['mail'],
    message: ['message', 'mail'],
    text: ['message'],
    dm: ['message'],
    ping: ['message', 'mail'],
    'write to': ['mail', 'message'],
    notify: ['mail', 'message', 'channel'],
    inform: ['mail', 'message', 'channel'],
    tell: ['mail', 'message', 'channel'],
    alert: ['mail', 'message', 'channel'],
    'let … know': ['mail', 'message', 'channel'],
    thank: ['mail', 'message', 'channel'],
    remind: ['mail', 'message', 'channel'],
    congratulate: ['mail', 'message', 'channel'],
    welcome: ['message', 'channel'],
    greet: ['message', 'channel'],
    contact: ['mail', 'message'],
    'get in touch with': ['mail', 'message'],
    'drop … line|note|message|email|mail|text': ['mail', 'message'],
    'shoot … line|note|message|email|mail|text': ['mail', 'message'],
    'give … note|heads-up|message|shout|notice': ['mail', 'message'],
    'answer … him|her|them': ['mail', 'message'],
    announce: ['mail', 'message', 'channel', 'post'],
    tweet: ['post'],
    reschedule: ['event', 'appointment', 'reservation'],
    'pencil in': ['event'],
    pay: ['payment', 'invoice', 'order'],
    settle: ['payment', 'invoice', 'loan'],
    'pay for': ['payment', 'invoice', 'order'],
    'pay back': ['payment'],
    'pay off': ['payment', 'loan'],
    repay: ['payment', 'loan'],
    reimburse: ['payment'],
    wire: ['payment'],
    remit: ['payment'],
    donate: ['payment'],
    tip: ['payment'],
    refund: ['payment', 'order', 'return'],
    buy: ['order', 'stock', 'cart'],
    purchase: ['order', 'cart'],
    order: ['order', 'cart'],
    reorder: ['order', 'cart'],
    checkout: ['order', 'cart'],
    'check out': ['order', 'cart'],
    'jot down': ['note', 'record', 'task'],
    'note down': ['note', 'record', 'task'],
    'write down': ['note', 'record', 'task'],
    note: ['note', 'record', 'task'],
    log: ['record', 'note'],
    'remind me': ['event', 'reminder', 'task'],
    'remind us': ['event', 'reminder', 'task'],
    comment: ['comment', ...commentedOn],
    'leave … comment|note|review|feedback|reply': ['comment', ...commentedOn],
    'tell|inform|let|write|mention|put|say|note|ask … comment|comments': [
      'comment',
      ...commentedOn,
    ],
    'issue … credit|refund': [...credited],
    'give … credit|refund': [...credited],
    'grant … credit': [...credited],
    'apply … credit': [...credited],
    'book … credit': [...credited],
    subscribe: ['subscription'],
    unsubscribe: ['subscription', 'mail'],
    prescribe: ['prescription'],
    refill: ['prescription'],
    hire: ['employee', 'candidate'],
    onboard: ['employee', 'user', 'customer'],
    deploy: ['deployment', 'service'],
    ship: ['deployment', 'order'],
    execute: ['command', 'job'],
    merge: ['pull_request', 'branch'],
    rebase: ['branch', 'pull_request'],
    install: ['package'],
    uninstall: ['package'],
    rsvp: ['event'],
    rate: ['review'],
    review: ['review'],
  },
  readVerbs: list(
    'show, tell me, tell us, list, find, find out, recommend, summarise, summarize, search, search for, look, look up, look for, look at, look into, look through, take a look, have a look, check, check out, check whether, see, give me, give us, get me, get us, get, fetch, read, describe, explain, compare, count, calculate, compute, estimate, analyse, analyze, review, suggest, propose, name, identify, determine, figure out, work out, let me know, let us know, provide, display, view, retrieve, query, lookup, browse, explore, inspect, examine, translate, define, clarify, outline, highlight, choose, pick, select, go for, locate, discover, verify, investigate, research, evaluate, assess, rank, extract, filter, walk me through, help me understand, help me find, know, point me, point out, inform me',
  ),
  ownVerbs: list(
    'stay, try, go, visit, eat, travel, head, fly, arrive, know, see, understand, learn, be, have, find, meet, attend, enjoy, spend, relax, work, hear, think, look, compare, check, live, drive, walk, come, help, wonder, avoid, read, decide',
  ),
  answersTo: {
    verbs: list('tell, let … know, show, inform, thank, ask, remind, share, report, hand'),
    words: list('me, us, you'),
  },
  nounOrVerb: {
    email: list(
      'from, address, addresses, account, accounts, thread, threads, about, says, said, client, inbox, subject, header, headers, signature, template, list, body, chain',
    ),
    'e-mail': list('from, address, addresses, account, about, says, thread, subject'),
    mail: list('from, server, client, about, says, merge, order'),
    message: list('from, about, says, history, board, thread, boards'),
    text: list('from, file, files, message, messages, box, editor, field, says, about'),
    order: list(
      'history, number, numbers, id, ids, status, book, form, forms, confirmation, details, total, totals, summary, date, dates, line, lines, value, values, placed, containing, from, record, records, processing, management, volume, amount, which, that, items, tracking',
    ),
    book: list(
      'club, clubs, value, values, keeping, review, reviews, store, stores, shop, shops, fair, title, titles, report, reports, chapter, list, lists, cover, covers, launch, signing, series, about, by, recommendations, recommendation, called, titled',
    ),
    share: list(
      'price, prices, holder, holders, value, values, market, capital, count, option, options, buyback, class, certificate, certificates, issue, ownership, split, dilution, register, performance',
    ),
    post: list(
      'office, offices, code, codes, box, mortem, mortems, from, history, title, boxes, about, was, graduate',
    ),
    transfer: list(
      'student, students, window, windows, fee, fees, history, limit, limits, rate, rates, status, deadline, deadlines, amount, amounts, credits, credit, news, speed, agreement, agreements, request, requests, confirmation, pricing, station, learning, protocol, times',
    ),
    comment: list('from, section, thread, history, count, box, by, field'),
    call: list(
      'from, center, centre, log, logs, history, sheet, option, options, recording, recordings, volume, duration, notes, quality, forwarding, sign, transcript, transcripts',
    ),
    schedule: list('for, shows, says, conflict, conflicts, change, changes, view'),
    note: list('from, about, says, taking, book'),
    draft: list('from, version, versions, pick, picks, about, says, beer'),
    reply: list('from, rate, rates, all, time, times, says'),
    forward: list(
      'looking, contract, contracts, guidance, slash, rate, rates, compatibility, pass, price, momentum',
    ),
    file: list(
      'name, names, size, sizes, type, types, format, formats, system, systems, server, servers, from, path, paths, contains, containing, called, named, titled, sharing, extension, extensions',
    ),
    list: list('price, prices'),
    copy: list('editor, editors, writing, machine, desk, cat'),
    move: list('date, dates'),
    change: list(
      'log, logs, history, order, orders, request, requests, management, rate, control, set, sets, agent',
    ),
    update: list('from, history, log, logs, frequency, status, notes, cycle, channel'),
    review: list(
      'from, date, dates, score, scores, site, sites, process, board, period, cycle, meeting, count',
    ),
    report: list('from, card, cards, date, dates, title, by, generation, says, template'),
    record: list('label, labels, holder, keeping, player, sales, date, high, store, number'),
    run: list('time, times, rate, rates, length, book, books, log, logs, history'),
    build: list(
      'number, numbers, status, time, times, log, logs, failure, failures, pipeline, server, id, history, system, version, artifact, artifacts',
    ),
    test: list(
      'results, result, coverage, score, scores, report, suite, case, cases, plan, drive, environment, data, failures',
    ),
    release: list(
      'notes, date, dates, version, versions, schedule, candidate, history, plan, cycle, branch, manager',
    ),
    commit: list('message, messages, history, hash, hashes, id, ids, log, count'),
    merge: list('conflict, conflicts, request, requests, date, status, commit'),
    branch: list('name, names, office, offices, manager, location, locations, policy, protection'),
    push: list('notification, notifications, button, date'),
    pull: list('request, requests, quote'),
    charge: list('back, backs, from, amount, date'),
    bill: list('from, amount, payment, due, total, number, gates, of'),
    invoice: list(
      'number, numbers, amount, amounts, total, totals, date, dates, from, history, status, line, lines, id',
    ),
    refund: list(
      'policy, policies, status, history, amount, amounts, request, requests, rate, rates, process, window, date, eligibility',
    ),
    purchase: list(
      'order, orders, history, date, dates, price, prices, agreement, request, requests, amount, receipt',
    ),
    return: list(
      'policy, policies, address, label, labels, date, dates, flight, flights, trip, ticket, window, rate, rates, status, shipping, process, journey',
    ),
    exchange: list('rate, rates, student, students, program, programme, server, policy'),
    claim: list('number, numbers, status, history, form, forms, amount, id, process, date, from'),
    request: list('from, status, number, form, history, id, body, rate'),
    plan: list('details, price, prices, name, b, document, limits, type'),
    set: list('list, point, theory, menu'),
    block: list('party, size, chain, list, quote, height'),
    lock: list('file, files, screen, down, smith'),
    mark: list('twain'),
    tag: list('line, name, names, list'),
    label: list('name, names, maker'),
    start: list('date, dates, time, times, ups, page, menu, point, button'),
    stop: list('sign, loss, words, watch, date'),
    check: list('list, lists, number, numbers, mark, box, boxes'),
    sign: list('language, post, board'),
    ship: list('date, dates, yard'),
    track: list('record, records, list, number, title'),
    scale: list('model, models, factor, of'),
    rate: list('limit, limits, card, cards, plan, plans, increase, hike, cut, of'),
    link: list('from, in, building, for'),
    display: list('name, names, size, settings, ads'),
    search: list('history, results, result, engine, engines, term, terms, query, volume, bar'),
    access: list('token, tokens, log, logs, control, point'),
    print: list('version, quality, shop, media, edition, size'),
    upgrade: list('path, options, cost, fee, price, eligibility'),
    open: list(
      'source, house, tickets, issues, positions, rate, rates, orders, invoices, tasks, cases, items, enrollment, roles, bugs, banking, hours, air',
    ),
    close: list(
      'date, friend, friends, call, price, prices, rate, relatives, contact, contacts, match',
    ),
    clear: list('water, skies, sky, view, cut'),
    present: list('value, day, tense, address'),
    complete: list('list, guide, set, history, overview, picture'),
    clean: list('energy, room, water, data'),
    separate: list('rooms, beds, file, files, email, emails, issue'),
    store: list(
      'hours, location, locations, manager, number, credit, front, in, on, at, opens, card',
    ),
    stock: list('price, prices, market, level, levels, options, photo'),
    contact: list(
      'info, information, details, person, number, list, lists, us, lens, lenses, form, page, name',
    ),
    name: list('of, tag, tags, change, badge, day'),
    flag: list('ship, football, day, pole'),
    star: list('rating, ratings, wars, sign, hotel, hotels'),
    pin: list('code, codes, number, numbers, ball, board'),
    answer: list('key, keys, sheet, machine, rate'),
    invite: list('list, lists, link, links, from, code, codes'),
    trade: list(
      'show, shows, union, deficit, war, agreement, mark, secret, secrets, history, in, date',
    ),
    deposit: list('account, amount, slip, box, history, rate, rates, scheme'),
    hire: list('date, dates, car, cars, rate'),
    fire: list(
      'drill, drills, alarm, exit, safety, department, extinguisher, place, wall, truck, fighter',
    ),
    rent: list('price, prices, control, increase, payment, receipt, due, amount'),
    cover: list('letter, letters, page, pages, story, photo, image, charge'),
    credit: list(
      'card, cards, score, scores, limit, limits, note, notes, report, history, rating, union, line',
    ),
    ping: list('time, times, pong, test'),
    play: list('list, lists, store, ground, time, date, book'),
    like: list('count, the, a, an, this, that, so, in'),
    support: list('ticket, tickets, team, case, cases, request, requests, email, line'),
    research: list('paper, papers, team, group, project, and, on, report'),
    work: list('order, orders, week, day, email, emails, from, schedule, hours'),
    land: list('lord, line, mark, owner, tax'),
    produce: list('section, aisle, department'),
    project: list('manager, plan, plans, status, board, management'),
    group: list('chat, chats, email, emails, meeting, members, of, booking'),
    market: list('share, price, prices, value, research, report, cap'),
    back: list('ups, end, pain, yard, from'),
  },
  nounBeforeNumber: list(
    'order, invoice, claim, bill, request, message, post, comment, email, draft, record, file',
  ),
  afterNoun: list(
    "of, is, are, was, were, has, had, will, would, should, says, said, contains, which, 's, went, came, doesn't, isn't, wasn't, hasn't, didn't, and, or",
  ),
  plural,
  gerund,
  participle,
  beforeParticiple: list('be'),
  obligations: list(
    'should, must, shall, ought to, has to, have to, needs to, need to, is to, are to',
  ),
  relatives: list('that, which, who, whom'),
  receiving: { verbs: list('receive, get'), means: 'send' },
  beforeGerund: list('mind, with, start, begin, about, consider, finish, suggest, help'),
  adverbs: list(
    'please, pls, plz, kindly, also, just, now, first, firstly, second, secondly, third, thirdly, next, finally, lastly, immediately, quickly, simply, maybe, perhaps, possibly, always, again, still, already, either, both, even, only, instead, afterwards, afterward, later, asap, urgently, so, then, too, directly, automatically, manually, gently, actually, really, definitely, ahead, yes, ok, okay, right, anyway, otherwise, additionally, moreover, furthermore, therefore, hence, thus, meanwhile, if possible, promptly, carefully, further, thereafter, subsequently, likewise, well, alternatively, hereby, respectfully',
  ),
  adverbEnding: 'ly',
  openers: list(
    'hi, hello, hey, dear, thanks, thank, cheers, regards, good, morning, afternoon, evening, there, team, all, everyone, greetings, best, sincerely, sorry, welcome, ok, okay, yes, no, great, awesome, perfect, much, advance, yo, howdy, sir, madam, bye, urgent, important, fyi, ps, p.s',
  ),
  please: list('please, pls, plz, kindly, plase, pleas, pleae'),
  coordinators: list('and, or, but, plus, &, then, so, yet, also, nor'),
  contrasts: list('but, so, instead, rather, only, just, however'),
  subordinators: list(
    'if, whether, unless, until, till, once, after, before, while, because, since, although, though, whenever, when, as soon as, so that, in case, in order, provided, assuming, given, even though, as long as, to avoid, rather than, instead of, without, where, whichever, depending',
  ),
  questionWords: list(
    "what, what's, whats, who, who's, whom, whose, which, where, where's, when, when's, why, how, how's, how many, how much",
  ),
  beforeQuestion: list(
    'me, us, know, see, check, explain, out, wonder, wondering, ask, understand, decide, sure, tell, show, about, of, on, idea, clear, question, and, describe, whether, remember, determine, summarize, summarise, confirm, verify, find, list, discuss, forgot, forget',
  ),
  questionVerbs: list(
    "is, are, was, were, am, do, does, did, has, have, had, can, could, would, will, should, shall, may, might, must, isn't, aren't, wasn't, weren't, doesn't, didn't, hasn't, haven't, won't, wouldn't, shouldn't, couldn't, can't",
  ),
  questionOrCommand: list('do, have'),
  politeOpenings: list(
    "can you, could you, would you, will you, can u, could u, would u, can we, could we, shall we, is possible, is it ok, can't you, couldn't you, won't you, do you mind, is it possible, would it be, could it be, can i ask, may i ask, could i ask, can i get you, can i have you, could i get you, could i trouble you, might i ask, are you able, do you think you, why don't you, why don't we, why not, how about, what about, any chance you, is there any chance you, is there any way you, is there a way you, can someone, could someone, can anyone, could anybody, may i request, might you, may you, can the assistant, could the assistant, can u please, should be grateful",
  ),
  politeConditions: list(
    'if you could, if you can, if you would, if you will, if you might, if you please, if we could, if u could, if u can',
  ),
  modals: list('can, could, would, will, should, must, shall, may, might, need to, have to'),
  firstPerson: list("i, we, i'd, we'd, i'm, i've, we've, we're"),
  secondPerson: list('you, u, ya, yourself'),
  infinitive: list('to'),
  wishes: list(
    'want, wanna, need, like, love, wish, prefer, try, trying, ask, request, require, expect, beg, appreciate, urge, wanted, needed, asking, requesting, writing, calling, here, get, rather',
  ),
  wishLeads: list(
    "i, we, i'd, we'd, would, do, i'm, we're, am, are, also, only, i've, just, really, be, it, my, wife, and, was, were, me",
  ),
  governors: list(
    'sure, forget, remember, hesitate, able, possible, free, proceed, kind, good, great, helpful, nice, best, wonderful, grateful, time, please, go, permission, permitted, allowed, continue, ready, way you, going ahead, careful, attempt',
  ),
  taskWords: list(
    'task, goal, job, aim, request, objective, assignment, mission, idea, work, next step, thing, todo, instruction, wish, first step',
  ),
  carriers: list("help, let's, lets, go, come, please, pls, plz, kindly, gonna, wanna, just"),
  persons: list('me, us, him, her, them, my, someone, somebody'),
  negators: list(
    "don't, dont, never, not, no, without, avoid, shouldn't, mustn't, needn't, cannot, can't, won't, refrain, wouldn't, nothing, neither, nobody, doesn't, didn't, isn't, rather, unable",
  ),
  negationsUndone: list('forget, hesitate, only, just, fail, worry, neglect, wait, miss'),
  promises: list(
    "i'll, we'll, i will, we will, i'm going to, i am going to, we're going to, we are going to, i plan to, i'm planning, i am planning, we plan to, i intend to, i can handle, i shall, he'll, she'll, they'll, he will, she will, they will, i'm about to, i might, i may, we might, we may, i already, i've already, i have already, i just, i would have, i used to",
  ),
  reminders: list(
    'remind me, remind us, to remind me, to remind us, reminding me, reminder to, reminder for me to, reminds me, reminds us, remember me',
  ),
  howTo: list(
    'how to, how i, how we, how can, how do, how should, how would, how one, how you, link to, links to, way to, ways to, steps to, steps for, instructions to, instructions for, instructions on, guide to, guide for, url to, option to, options to, page to, code to, procedure to, procedure for, process to, deadline to, place to, process for, ability to, possibility to, right to, someone to, somebody to, person to, who to, what to, when to, where to, which to, form to',
  ),
  reports: list(
    'says, said, asks, asked, tells, told, wants, wanted, requests, requested, instructs, instructed, demands, demanded, insists, insisted, suggests, suggested, recommends, recommended, mentions, mentioned, states, stated, claims, claimed, advises, advised, wrote, writes, saying, asking, telling, expects, expected, urges, urged, orders, ordered, proposes, proposed, promised, promises, agreed, forgot, decided, tried, tries, refuses, refused',
  ),
  subjects: list(
    "i, i'm, i've, i'd, i'll, we, we're, we've, we'll, we'd, my, our, the, a, an, it, it's, its, this, that, these, those, there, there's, he, he's, she, she's, they, they're, his, her, their, here, here's, all, some, last, yesterday, today, tomorrow, next, recently, currently, im, ive, everything, everyone, everybody, someone, somebody, people, customers, users, one, each, every, most, both, another, on, at, for, in, from, by, with, based, as, over, under, of, looking, hoping, hope, you, you're, your",
  ),

  pronouns: list(
    'it, them, this, that, these, those, one, ones, everything, all, both, any, each, either, same, mine, theirs, anything, something, rest, others, other, two, three, latter, former, half, none',
  ),
  sources: list(
    'about, regarding, concerning, based, according, per, using, mentioned, specified, described, listed, contained, provided, given, like, as, from, because, discussed, attached, shared, sent, received, saying, asking, containing, with, than, whose, explaining, thanking, summarizing, summarising, telling, announcing, before, after, for, in, through, via, by, during, confirming, including, that, which, who',
  ),
  targets: list('to, into, onto'),
  beforeNames: list('in, to, into, from, of, on, for, at'),
  particles: list(
    'up, down, off, on, out, in, back, away, over, along, forward, through, together, ahead, aside',
  ),
  stopWords: list(
    'a, an, the, and, or, of, to, in, on, for, with, from, at, by, is, are, was, be, it, its, this, that, these, those, my, me, i, you, your, we, us, our, he, she, they, them, him, her, his, their, as, so, if, do, does, did, no, not, but, re, fw, fwd, new, all, any, some, one, up, out, what, when, where, which, who, how, why, can, could, will, would, please, have, has, had, about, also, then, than, there, here, into, over, per, via, today, tomorrow, next, last, first, old, more, most, other, s, t, d, m, ll, ve, don, am, pm, before, after, during, until, while, since, between, every, each, only, just, now, again, still, back, under, off, down, very, too, both, own, same, many, much, already, never, ever',
  ),
  commonNouns: list(
    'person, people, team, staff, colleague, colleagues, boss, manager, wife, husband, friend, friends, family, mom, dad, company, office, home, work, time, times, day, days, date, week, month, year, morning, afternoon, evening, night, hour, hours, minute, minutes, name, names, title, titles, subject, address, addresses, information, info, detail, details, number, numbers, thing, things, way, place, part, question, questions, answer, problem, help, project, data, text, link, links, online, world, city, country, money, price, prices, cost, summary, description, content, location, option, options, everyone, everybody, anyone, someone, nobody, user, users, assistant, thanks, best, good, great, sure, available, important, urgent, english, euros, dollars, january, february, march, april, may, june, july, august, september, october, november, december, monday, tuesday, wednesday, thursday, friday, saturday, sunday',
  ),
  abbreviations: list(
    'mr, mrs, ms, dr, prof, st, no, nr, vs, etc, e.g, i.e, approx, inc, ltd, co, corp, jr, sr, dept, fig, vol, ext, tel, ave, gen, sgt, capt, rev, jan, feb, mar, apr, jun, jul, aug, sep, sept, oct, nov, dec, a.m, p.m, u.s, u.k',
  ),

  titleWords: list(
    'titled, entitled, called, named, subject, title, name, heading, headline, labeled, labelled, headed, filename, caption, tagged, rename',
  ),
  titleObjects: { subject: 'mail', filename: 'file', headline: 'post' },
  titleLinks: list(
    'of, the, as, is, was, line, should, be, with, to, :, =, it, a, an, must, reads, reading, set, have, ,, being, will, would, for, email, event, mail, that, text, says, saying, (, please, new',
  ),

  months: [
    ['january', 'jan'],
    ['february', 'feb'],
    ['march', 'mar'],
    ['april', 'apr'],
    ['may'],
    ['june', 'jun'],
    ['july', 'jul'],
    ['august', 'aug'],
    ['september', 'sep', 'sept'],
    ['october', 'oct'],
    ['november', 'nov'],
    ['december', 'dec'],
  ],
  ambiguousMonths: list('may, march, mar, jan, sep, dec, august'),
  dayEndings: list('st, nd, rd, th'),
  dayLinks: list('of, the'),
  rangeLinks: list('to, through, thru, till, until, –, —, -, and'),
  beforeMonth: list(
    'in, during, of, this, next, last, for, since, until, by, throughout, from, through, late, early, mid',
  ),
  relativeDays: list(
    "today, tonight, tomorrow, yesterday, monday, tuesday, wednesday, thursday, friday, saturday, sunday, mondays, tuesdays, wednesdays, thursdays, fridays, saturdays, sundays, weekend, weekends, week, weeks, fortnight, daily, weekly, monthly, mon, tue, tues, wed, thu, thur, thurs, fri, days, eod, noon, midnight, christmas, easter, thanksgiving, halloween, today's, tomorrow's, tonight's, tmrw, tmr, month, months, quarter, year, next day",
  ),

  superlatives: {
    largest: { direction: 'max', measure: 'size' },
    biggest: { direction: 'max', measure: 'size' },
    greatest: { direction: 'max', measure: 'size' },
    smallest: { direction: 'min', measure: 'size' },
    tiniest: { direction: 'min', measure: 'size' },
    latest: { direction: 'max', measure: 'time' },
    newest: { direction: 'max', measure: 'time' },
    oldest: { direction: 'min', measure: 'time' },
    earliest: { direction: 'min', measure: 'time' },
    soonest: { direction: 'min', measure: 'time' },
    first: { direction: 'min', measure: 'time' },
    last: { direction: 'max', measure: 'time' },
    cheapest: { direction: 'min', measure: 'price' },
    priciest: { direction: 'max', measure: 'price' },
    costliest: { direction: 'max', measure: 'price' },
    dearest: { direction: 'max', measure: 'price' },
    highest: { direction: 'max', measure: null },
    lowest: { direction: 'min', measure: null },
    'highest-rated': { direction: 'max', measure: 'rating' },
    'top-rated': { direction: 'max', measure: 'rating' },
    'best-rated': { direction: 'max', measure: 'rating' },
    'lowest-rated': { direction: 'min', measure: 'rating' },
    'worst-rated': { direction: 'min', measure: 'rating' },
    'best-reviewed': { direction: 'max', measure: 'rating' },
    'lowest-priced': { direction: 'min', measure: 'price' },
    'highest-priced': { direction: 'max', measure: 'price' },
    'best-priced': { direction: 'min', measure: 'price' },
    best: { direction: 'max', measure: 'rating' },
    worst: { direction: 'min', measure: 'rating' },
    longest: { direction: 'max', measure: 'length' },
    shortest: { direction: 'min', measure: 'length' },
    fastest: { direction: 'min', measure: 'length' },
    quickest: { direction: 'min', measure: 'length' },
    slowest: { direction: 'max', measure: 'length' },
    nearest: { direction: 'min', measure: 'distance' },
    closest: { direction: 'min', measure: 'distance' },
    farthest: { direction: 'max', measure: 'distance' },
    furthest: { direction: 'max', measure: 'distance' },
  },
  comparisons: {
    most: 'max',
    least: 'min',
    top: 'max',
    highest: 'max',
    lowest: 'min',
    best: 'max',
    worst: 'min',
  },
  measures: {
    recent: 'time',
    recently: 'time',
    current: 'time',
    expensive: 'price',
    affordable: 'price',
    costly: 'price',
    price: 'price',
    priced: 'price',
    prices: 'price',
    cost: 'price',
    fare: 'price',
    rating: 'rating',
    ratings: 'rating',
    rated: 'rating',
    reviews: 'rating',
    score: 'rating',
    reviewed: 'rating',
    size: 'size',
    popular: 'count',
    duration: 'length',
    time: 'length',
    distance: 'distance',
  },
  ordinals: list('first, last'),
  afterOrdinal: list(
    'name, names, time, times, step, thing, things, minute, minutes, night, resort',
  ),

  announcements: list('following, below'),
  delegation: {
    verbs: list(
      'do, follow, complete, perform, take care of, handle, carry out, execute, work through, work on, process, implement, go through, address, act on, finish, tackle, fulfil, fulfill, deal with, action, sort out, run through, obey, comply with, get … done, solve, resolve, apply, run, take',
    ),
    work: list(
      'task, action, instruction, to-do, todo, request, step, thing, item, work, action item, todo list, to-do list, checklist, everything, all, whatever, order, command, direction, assignment, job, point, procedure, exercise, guideline, list, what, question, ask, chore, errand, one, ones',
    ),
    links: list(
      'in, from, on, inside, of, within, at, per, by, under, specified, listed, described, mentioned, given, contained, written, outlined, stated, found, requested, that, which, sent, assigned',
    ),
    documents: list(
      'mail, email, e-mail, message, file, document, doc, note, list, page, website, site, web page, webpage, ticket, issue, event, attachment, thread, letter, memo, readme, wiki, link, url, post, comment, pdf, spreadsheet, inbox, text, chat, channel, minutes, minute, to-do list, todo list, checklist, runbook, playbook, guide, manual, description, calendar, article, report, task list, bill, invoice, conversation, transcript, notes, review, blog, board, backlog, invite, invitation, card, slack, it, there, pull request, pr, instructions, sheet, folder, handbook, draft, plan',
    ),
    whatever: list('what, whatever, as, everything, all, anything, exactly what, that, which'),
    speaks: list(
      'says, say, asks, ask, instructs, tells, tell, requires, require, requests, request, describes, describe, wants, want, needs, need, states, state, specifies, suggests, suggest, mentions, lists, demands, recommends, dictates, reads',
    ),
  },
};
