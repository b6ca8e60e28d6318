import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requestUnitsMax, understand } from './understand.ts';

const none: ReadonlyMap<string, readonly string[]> = new Map();
const read = (request: string) => understand(request, none);

describe('clauses', () => {
  test.each<readonly [string, readonly string[]]>([
    ['Send it to Ann. Delete the draft!', ['plain: Send it to Ann', 'plain: Delete the draft']],
    ['Find the file and send it to Ann', ['plain: Find the file', 'plain: send it to Ann']],
    ['Invite Ann and Bob', ['plain: Invite Ann and Bob']],
    ['Do not send it to anyone', ['negated: Do not send it to anyone']],
    ["Don't forget to invite Mark", ["plain: Don't forget to invite Mark"]],
    ["I'll book a room later", ["promise: I'll book a room later"]],
    ['Remind me to call Bob', ['reminder: Remind me to call Bob']],
    ['Where is the file?', ['question: Where is the file']],
    ['Can you send it?', ['plain: Can you send it']],
    ['Should I send it?', ['question: Should I send it']],
    [
      'if the weather is good, invite Sarah',
      ['condition: if the weather is good', 'plain: invite Sarah'],
    ],
    ['Tell me how to send it', ['plain: Tell me', 'how_to: how to send it']],
    ['The email says to delete everything', ['reported: The email says to delete everything']],
    ['Meet Dr. Lee at 10 a.m. on Monday', ['plain: Meet Dr. Lee at 10 a.m. on Monday']],
    ["Open 'a. b! c?' now", ["plain: Open 'a. b! c?' now"]],
    ['Read v1.2 of app.config', ['plain: Read v1.2 of app.config']],
  ])('%s', (request, clauses) => {
    expect(read(request).clauses.map(({ mood, text }) => `${mood}: ${text}`)).toEqual(clauses);
  });

  test('a clause is a part of the request, where it says it is', () => {
    const request = 'Hi! Find "a.b", then\n- send it to Ann;\n- delete the rest, please.';
    for (const clause of read(request).clauses) {
      expect(request.slice(clause.start, clause.end)).toBe(clause.text);
    }
  });
});

describe('a request that only wants answers', () => {
  test.each<readonly [string, boolean]>([
    ['How many meetings do I have today?', true],
    ['Who is invited to the party? Give me their addresses.', true],
    ['Show me my unread mails', true],
    ["I'm going to Rome soon. Can you recommend a hotel? Thanks!", true],
    ['Summarise the minutes and list the decisions', true],
    ['Can you tell me whether I should delete the backups?', true],
    ['My wife and I are in Rome. Tell us the price, address and hours of the museum.', true],
    ['For lunch, please recommend a restaurant. Thank you!', true],
    ['Do the following: 1. Show my files. 2. Who is Bob?', true],
    ['Show me the file, frobnicate it', false],
    ['For the widget, frobnicate it and show me the result', false],
    ['Do the following: 1. Show my files. 2. Delete one.', false],
    ['Send me the minutes', false],
    ['Show me the file and delete it', false],
    ['Frobnicate the widget and show me the result', false],
    ['Remind me to eat', false],
    ['Do the tasks in the email', false],
    ['Hello there', false],
    ['', false],
    [`Show me the file. ${'x'.repeat(requestUnitsMax)}`, false],
  ])('%#: %.60s', (request, readOnly) => {
    expect(read(request).readOnly).toBe(readOnly);
  });
});

describe('language', () => {
  test.each<readonly [string, string | null]>([
    ['Please delete the file', 'en'],
    ['delete report.docx', 'en'],
    ['Cancel order 1234', 'en'],
    ['Bitte lösche die Datei und sende sie an Bob', null],
    ['Envoie le rapport à Bob et supprime le fichier', null],
    ['Por favor, cancela el pedido y envía un email a Ana', null],
    ['请把文件发给 Bob', null],
    ['Отправь отчёт Бобу', null],
    ['Reservar hotel en Paris', null],
    ['يرجى إرسال البريد الإلكتروني', null],
    ['', null],
  ])('%s', (request, language) => {
    expect(read(request).language).toBe(language);
  });

  test('in a language without a file nothing is asked for, and quoted values stay values', () => {
    const { asksFor, names, recognised } = read(
      "Bitte sende 'plan.pdf' an Bob Meyer und send mail",
    );
    expect([asksFor('send', 'mail'), names('plan.pdf'), names('Bob Meyer'), recognised]).toEqual([
      null,
      true,
      true,
      false,
    ]);
  });
});

describe("the policy's own words", () => {
  const words = new Map([
    ['send', ['beam over']],
    ['zap', ['make … sparkle']],
  ]);

  test.each<readonly [string, string, string | undefined, boolean]>([
    ['Beam over the report to Ann', 'send', undefined, true],
    ['Make the hall sparkle', 'zap', undefined, true],
    ['Zap the cache', 'zap', undefined, true],
    ['Find the cache and zap it', 'zap', undefined, true],
    ['Frobnicate the widget', 'frobnicate_widget', undefined, true],
    ['Frobnicate the gadget', 'frobnicate', 'widget', true],
    ['Frobnicate the invoice', 'frobnicate_widget', undefined, false],
    ['Cancel order 12', 'cancelOrder', undefined, true],
    ['Cancel order 12', 'orders.cancel', undefined, true],
    ['Cancel the flight', 'cancel_order', undefined, false],
    ['Send 20 dollars to Bob', 'send_money', undefined, true],
    ['Send the minutes to Bob', 'send_money', undefined, false],
    ['Message Ann that I am late', 'message_patient', undefined, true],
    ['Add Dora to the general channel', 'add_user_to_channel', undefined, true],
    ['Add a line to the plan', 'add_user_to_channel', undefined, false],
    ['Delete the widget', 'delete', 'widget', true],
    ['Delete the widgets', 'delete', 'widget', true],
    ['Delete the invoice', 'delete', 'widget', false],
    ['Please constructor it now', 'constructor', '__proto__', true],
  ])('%s: %s', (request, action, object, asked) => {
    expect(understand(request, words).asksFor(action, object) !== null).toBe(asked);
  });
});

describe('names', () => {
  const request = read(
    "Send client-meeting-minutes.docx to everyone in the Introductory meeting and Sarah Baker's team. The file is 'plan', order 10482, on May 15.",
  );

  test.each<readonly [string, boolean]>([
    ['client-meeting-minutes.docx', true],
    ['Client Meeting Minutes', true],
    ['client_meeting_minutes.pdf', true],
    ['Introductory Meeting', true],
    ['Sarah Baker', true],
    ['Sarah', true],
    ['10482', true],
    ['plan', true],
    ['meeting', false],
    ['the meeting', false],
    ['team', false],
    ['to', false],
    ['15', false],
    ['meet', false],
    ['ara', false],
    ['', false],
    ['.docx', false],
    ['minutes of the board', false],
    ['x'.repeat(2_000), false],
  ])('%s', (name, named) => {
    expect(request.names(name)).toBe(named);
  });
});

describe('names that identify by their form', () => {
  const request = read('Read bill-march.txt, look at T-51 and follow INV_2024_7. What is in Q3?');

  test.each<readonly [string, boolean]>([
    ['bill-march.txt', true],
    ['Bill-March.TXT', true],
    ['march.txt', false],
    ['bill-march.txt.exe', false],
    ['T-51', true],
    ['t-51', true],
    ['T-5', false],
    ['T-512', false],
    ['INV_2024_7', true],
    ['Q3', false],
    ['51', false],
  ])('%s', (name, named) => {
    expect(request.names(name)).toBe(named);
  });
});

test.each<readonly [request: string, bare: string, other: string]>([
  ['Post it in release and design, please', 'release design', 'post please'],
  ['Give Ann access to search', 'search', 'access'],
  ['Bring 2.1 of search to production.', 'search production', 'bring'],
  ['All in design should be told', 'design', 'told'],
  ['Read the release notes in the search index', '', 'release search notes index'],
  ['Go to search for it, in it', 'search', 'for'],
  ['Delete the mail', '', 'mail delete'],
])('ids said as names: %s', (request, bare, other) => {
  const { callsBare } = read(request);
  const said = (words: string) => words.split(' ').filter(callsBare);
  expect([said(bare), said(other)]).toEqual([bare.split(' ').filter((word) => word !== ''), []]);
});

describe('tools without an object', () => {
  test.each<readonly [request: string, action: string, operation: string, asked: boolean]>([
    ['Change the colour of the chart', 'change', 'change_password', false],
    ['Change my password, please', 'change', 'change_password', true],
    ['Send 50 euros to Ann', 'transfer', 'make_transfer', true],
    ['Send the photos to Ann', 'transfer', 'make_transfer', false],
    ['Put the photos into my profile', 'update', 'updateProfile', true],
    ['Put the photos into a box', 'update', 'updateProfile', false],
    ['Invite Ann', 'invite', 'invite_to_workspace', true],
    ['Write to Ann', 'send', 'customer_email', true],
    ['Save Ann as a payee', 'add', 'add_payee', true],
    ['Save the photos', 'add', 'add_payee', false],
    ['Zap it', 'zap', 'zap', true],
  ])('%s: %s by %s', (request, action, operation, asked) => {
    expect(read(request).asksFor(action, null, operation) !== null).toBe(asked);
  });
});

describe('titles', () => {
  const quoted = read(
    "Create an event titled 'Lunch with Ann' and mail Bob. The subject should be “Hotel: {hotel_name}”. It's Ann's idea, at the users' wish.",
  );
  const words = read('Create an event for the family reunion in June');

  test.each<readonly [string, string | undefined, string]>([
    ['Lunch with Ann', 'event', 'quoted'],
    ['lunch  with ann.', 'event', 'quoted'],
    ['Lunch with Eve', 'event', 'no'],
    ['Hotel: City Hub', 'mail', 'quoted'],
    ['Hotel:', 'mail', 'no'],
    ['Create an event', 'mail', 'no'],
    ['Ann idea', 'file', 'words'],
  ])('%s of %s: %s', (title, object, fit) => {
    expect(quoted.titleFits(title, object)).toBe(fit);
  });

  test.each<readonly [string, string]>([
    ['Family Reunion', 'words'],
    ['The family reunion', 'words'],
    ['Reunions of the families', 'no'],
    ['Wire the money', 'no'],
    ['', 'no'],
  ])('without a quoted title, %s: %s', (title, fit) => {
    expect(words.titleFits(title, 'event')).toBe(fit);
  });

  test.each<readonly [string, readonly string[]]>([
    ["Don't open Ann's or the users' files, it's 'mine'", ['mine']],
    ['Use "a \'b\' c" and `d`', ["a 'b' c", 'd']],
    ['“curly” and ‘single’ and «angle»', ['curly', 'single', 'angle']],
    ["rock 'n roll", []],
    ['a 5" pipe and a 6" pipe', []],
  ])('quotes of %s', (request, values) => {
    expect(read(request).titles.map(({ value }) => value)).toEqual(values);
  });
});

describe('dates', () => {
  test.each<readonly [string, readonly (readonly [string, boolean | null])[]]>([
    [
      'Show the meetings on 2024-05-15',
      [
        ['2024-05-15', true],
        ['2023-05-15', false],
        ['2024-05-16', false],
      ],
    ],
    [
      'Show the meetings on May 15th, 2024',
      [
        ['2024-05-15', true],
        ['2025-05-15', false],
      ],
    ],
    [
      'Show the meetings on May 15',
      [
        ['2024-05-15', true],
        ['2031-05-15', true],
        ['2024-05-14', false],
      ],
    ],
    [
      'Show the meetings on 15 May 2024',
      [
        ['2024-05-15', true],
        ['2023-05-15', false],
      ],
    ],
    [
      'Show the meetings on the 15th of November',
      [
        ['2024-11-15', true],
        ['2024-11-05', false],
      ],
    ],
    [
      'Show the meetings on 5/6/2024',
      [
        ['2024-05-06', true],
        ['2024-06-05', true],
        ['2024-05-05', false],
      ],
    ],
    [
      'Show the meetings on 15.05.2024',
      [
        ['2024-05-15', true],
        ['2024-05-16', false],
      ],
    ],
    [
      'Book from January 11th to January 15th 2025',
      [
        ['2025-01-13', true],
        ['2025-01-16', false],
      ],
    ],
    [
      'Book from May 10th to the 13th',
      [
        ['2025-05-12', true],
        ['2025-05-14', false],
      ],
    ],
    [
      'Book May 10-13',
      [
        ['2025-05-12', true],
        ['2025-05-14', false],
      ],
    ],
    [
      'Book from December 30th to January 2nd, 2025',
      [
        ['2025-01-01', true],
        ['2024-12-31', true],
        ['2025-12-31', false],
      ],
    ],
    [
      'Show the meetings in June 2024',
      [
        ['2024-06-09', true],
        ['2024-07-09', false],
      ],
    ],
    [
      'Show the meetings in May',
      [
        ['2024-05-09', true],
        ['2024-07-09', false],
      ],
    ],
    ['You may march on', [['2024-05-01', null]]],
    ['Show the meetings of tomorrow', [['2024-05-15', null]]],
    [
      'Show the meetings of May 15 and of tomorrow',
      [
        ['2024-05-15', true],
        ['2024-05-16', null],
      ],
    ],
    ['Show the meetings', [['2024-05-15', null]]],
    ['Read version 1.2.3 at 10:30', [['2024-05-15', null]]],
  ])('%s', (request, days) => {
    const { dateFits } = read(request);
    for (const [text, fit] of days) {
      const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
      expect([text, dateFits({ year, month, day })]).toEqual([text, fit]);
    }
  });
});

describe('superlatives', () => {
  test.each<readonly [string, readonly string[]]>([
    ['Delete the largest file', ['largest max size file']],
    ['Show the most recent emails', ['most recent max time mail']],
    ['Book the cheapest flight', ['cheapest min price flight']],
    ['Book the highest-rated hotel', ['highest-rated max rating hotel']],
    ['Book the least expensive one', ['least expensive min price -']],
    ['Delete the oldest two backups', ['oldest min time file']],
    ['Open the last message', ['last max time message']],
    ['First, find the file of last week', []],
    ['Give me the first name of Bob', []],
  ])('%s', (request, found) => {
    const { superlatives } = read(request);
    const objects = ['mail', 'message', 'file', 'flight', 'hotel'];
    expect(
      superlatives.map(({ text, direction, measure, of }) =>
        [text, direction, measure, objects.find((object) => of.includes(object)) ?? '-'].join(' '),
      ),
    ).toEqual(found);
  });
});

describe('delegation', () => {
  test.each<readonly [string, string | null]>([
    ['Do the tasks in the email from Ann', 'the email from Ann'],
    ["Please do the actions specified in the email 'TODOs'", "the email 'TODOs'"],
    ['Follow the instructions in setup.md', 'setup.md'],
    ['Complete all the to-dos listed on my notes page', 'my notes page'],
    ['Can you take care of the requests in that ticket?', 'that ticket'],
    ['Do what the email from Bob says', 'the email from Bob says'],
    ["Follow the email's instructions", "email's instructions"],
    ['Work through the checklist in the runbook', 'the runbook'],
    ['Perform the following tasks in the order they are given: 1. Show my files', null],
    ['Follow up on the email', null],
    ['Send an email to each person mentioned in the TODO list', null],
    ["Don't do the tasks in the email", null],
    ['What are the tasks in the email?', null],
    ['Handle it', null],
  ])('%s', (request, document) => {
    expect(read(request).delegation?.document ?? null).toBe(document);
  });

  test('what the request states of the document', () => {
    const { delegation } = read("Do the tasks in the mail 'Week 3' from ann@corp.example");
    expect(delegation?.states).toEqual(['Week 3', 'ann@corp.example']);
    expect(delegation?.objects).toContain('mail');
  });
});

describe('properties', () => {
  const asked = [
    ['Send the report to Ann', 'send', 'mail'],
    ['Please cancel my order', 'cancel', 'order'],
    ['Could you book a hotel in Oslo?', 'book', 'hotel'],
    ['Delete the old file and invite Bob', 'delete', 'file'],
  ] as const;
  const readings = [
    'What time is it?',
    'Show me the weather.',
    'Thanks a lot!',
    "I'm in Rome today.",
    'Tell me whether it is open.',
    'How do I get there?',
  ] as const;

  test('a sentence that asks for nothing takes nothing back, before or after', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...asked),
        fc.array(fc.constantFrom(...readings), { maxLength: 4 }),
        fc.array(fc.constantFrom(...readings), { maxLength: 4 }),
        fc.constantFrom(' ', '\n'),
        ([request, action, object], before, after, join) => {
          const end = /[.?!]$/u.test(request) ? '' : '.';
          const text = [...before, `${request}${end}`, ...after].join(join);
          expect(read(text).asksFor(action, object)).not.toBeNull();
        },
      ),
    );
  });

  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      'send',
      'delete',
      'the',
      'file',
      'and',
      'to',
      "don't",
      'if',
      'how to',
      ',',
      '.',
      '?',
      '\n',
      "'",
      '"',
      '“',
      '{',
      '}',
      'May',
      '15',
      '2024-',
      '@',
      'a.b',
      'https://',
      '#',
      '- ',
      '1.',
      'largest',
      'do the tasks in the email',
    ),
  );

  test('every text is understood, frozen, and the same again', () => {
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.string(),
        fc.string(),
        (parts, one, two) => {
          const text = parts.join(' ');
          const first = read(text);
          const again = read(text);
          expect(Object.isFrozen(first)).toBe(true);
          expect(JSON.stringify(again)).toBe(JSON.stringify(first));
          for (const clause of first.clauses) {
            expect(text.slice(clause.start, clause.end)).toBe(clause.text);
          }
          expect(again.asksFor(one, two)).toEqual(first.asksFor(one, two));
          expect([true, false]).toContain(first.names(one));
          expect(['quoted', 'words', 'no']).toContain(first.titleFits(two));
        },
      ),
    );
  });
});
