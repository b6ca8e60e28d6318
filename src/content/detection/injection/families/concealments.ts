/** How text is hidden from who looks at a page, and what ends it. Tried where one of the openings stands (sticky). */
export interface Hiding {
  readonly openings: readonly string[];
  readonly pattern: RegExp;
  readonly closing: string;
}

export const hidings: readonly Hiding[] = [
  { openings: ['<!--'], pattern: /<!--/y, closing: '-->' },
  {
    openings: ['display', 'visibility', 'font-size', 'opacity', 'mso-hide', 'max-height', 'clip'],
    pattern:
      /(?:display\s?:\s?none|visibility\s?:\s?(?:hidden|collapse)|font-size\s?:\s?[01](?:\.\d)?(?:px|pt|em|rem|%|;|"|'|\s)|opacity\s?:\s?0(?:\.0\d?)?\s?[;"'}]|mso-hide\s?:\s?all|max-height\s?:\s?0|clip(?:-path)?\s?:\s?(?:rect\(0|inset\((?:50|100)%))/y,
    closing: '</',
  },
  {
    openings: ['color', 'left', 'top', 'text-indent', 'margin-left'],
    pattern:
      /(?:color\s?[:=]\s?["']?(?:white|transparent|#fff(?:fff)?\b|rgba?\(\s?255,\s?255,\s?255|rgba\([^)]{0,20},\s?0\))|(?:left|top|text-indent|margin-left)\s?:\s?-\d{3,})/y,
    closing: '</',
  },
  {
    openings: [' hidden', 'aria-hidden', 'type="hidden', "type='hidden", '<template', '<noscript'],
    pattern:
      /(?: hidden(?=[\s>=/])|aria-hidden\s?=\s?["']?true|type=["']hidden|<template|<noscript)/y,
    closing: '</',
  },
  { openings: ['!['], pattern: /!\[(?=[^\][\n]{0,300}\]\()/y, closing: '](' },
  { openings: [']('], pattern: /\]\([^\s)]{1,500} ["']/y, closing: ')' },
  { openings: ['[//]:', '[comment]:'], pattern: /\[(?:\/\/|comment)\]:/y, closing: '\n' },
  {
    openings: ['alt="', 'title="', 'aria-label="', 'data-'],
    pattern: /(?:alt|title|aria-label|data-[a-z-]{1,20})="/y,
    closing: '"',
  },
  {
    openings: ["alt='", "title='", "aria-label='", 'data-'],
    pattern: /(?:alt|title|aria-label|data-[a-z-]{1,20})='/y,
    closing: "'",
  },
];
