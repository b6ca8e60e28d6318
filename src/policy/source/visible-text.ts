import type { Report } from '../report.ts';

// Text that a reviewer can't see must not decide: controls, bidirectional overrides, zero-width characters.
const invisible =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}|(?!^)\ufeff/gu;

export function hasOnlyVisibleText(file: string, text: string, report: Report): boolean {
  let clean = true;
  for (const match of text.matchAll(invisible)) {
    clean = false;
    const before = text.slice(0, match.index).split(/\r\n|\r|\n/);
    const at = { file, line: before.length, column: (before.at(-1) ?? '').length + 1 };
    const code = (match[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0').toUpperCase();
    report.error(
      'policy.file',
      at,
      `the character U+${code} can't be seen, so it can't be reviewed`,
      {
        mend: 'remove it',
      },
    );
    if (report.errors().length >= 10) break;
  }
  return clean;
}
