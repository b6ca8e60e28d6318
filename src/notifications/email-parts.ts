/** The two parts of a mail. Neither has an image, a style from elsewhere, or a link but the console's. */
import type { Message } from './told.ts';
import {
  briefOf,
  commandOf,
  type Line,
  linesOf,
  sentencesOf,
  titleOf,
  valuesOf,
} from './wording.ts';

const noAnswer =
  'Answers count where somebody has signed in. Replying to this mail answers nothing, and opening the link doesn’t either.';

interface Parts {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly lines: readonly Line[];
  readonly list: readonly string[];
  readonly url: string | null;
  readonly command: string | null;
}

export function textOf(message: Message): string {
  const { title, sentences, lines, list, url, command } = partsOf(message);
  const paragraphs = [
    title,
    sentences.join('\n'),
    lines.map(({ label, text }) => `${label}: ${text}`).join('\n'),
    list.map((entry) => `- ${entry}`).join('\n'),
    url ?? (command === null ? '' : `$ ${command}`),
    command === null ? '' : noAnswer,
  ];
  return `${paragraphs.filter((paragraph) => paragraph !== '').join('\n\n')}\n`;
}

export function htmlOf(message: Message): string {
  const { title, sentences, lines, list, url, command } = partsOf(message);
  const rows = lines.map(
    ({ label, text }) =>
      `<tr><th align="left" valign="top">${escaped(label)}</th><td>${escaped(text)}</td></tr>`,
  );
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<title>${escaped(title)}</title></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    ...sentences.map((sentence) => `<p>${escaped(sentence)}</p>`),
    rows.length === 0 ? '' : `<table cellpadding="4">${rows.join('')}</table>`,
    list.length === 0
      ? ''
      : `<ul>${list.map((entry) => `<li>${escaped(entry)}</li>`).join('')}</ul>`,
    url === null
      ? command === null
        ? ''
        : `<p><code>${escaped(command)}</code></p>`
      : `<p><a href="${escaped(url)}">${command === null ? 'Open the console' : 'Look at it'}</a></p>`,
    command === null ? '' : `<p>${escaped(noAnswer)}</p>`,
    '</body></html>',
  ].join('');
}

function partsOf(message: Message): Parts {
  const { told, more, atMs } = message;
  const [first] = told;
  const title = titleOf(message);
  const command = commandOf(message);
  if (told.length === 1 && more === 0 && first !== undefined) {
    const lines = [...linesOf(first, atMs), ...valuesOf(first)];
    return { title, sentences: sentencesOf(first), lines, list: [], url: first.url, command };
  }
  const listed = told.map((one) => briefOf(one, atMs));
  const list = more === 0 ? listed : [...listed, `and ${more} more`];
  return { title, sentences: [], lines: [], list, url: message.url, command };
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
