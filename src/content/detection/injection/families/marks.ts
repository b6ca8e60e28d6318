import { type Family, noted, strong, telling, weak } from '../evidence.ts';

/** What isn't wording: signs, markup and machine-like orders. Tried where one of the openings stands (sticky). */
export interface Mark {
  readonly family: Family;
  readonly weight: number;
  readonly openings: readonly string[];
  readonly pattern: RegExp;
  readonly isOrder: boolean;
  /** Slips of the pen stand before it. */
  readonly isWithinWord: boolean;
}

function mark(
  family: Family,
  weight: number,
  openings: readonly string[],
  pattern: RegExp,
  isOrder = false,
): Mark {
  return { family, weight, openings, pattern, isOrder, isWithinWord: false };
}

/** Turns and roles of the usual chat templates, and of imitations. */
const roleMarkers: readonly Mark[] = [
  mark(
    'role_marker',
    strong,
    ['<|', '<start_of_turn', '<end_of_turn', '<<sys', '<</sys'],
    /<\|(?:im_start|im_end|im_sep|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|end_of_turn|endofprompt|start_of_role|channel|message|tool)[^\s>]{0,20}\|?>|<(?:start|end)_of_turn>|<<\/?sys>>/y,
  ),
  mark(
    'role_marker',
    telling,
    [
      '[inst',
      '[/inst',
      '[system',
      '[assistant',
      '[admin',
      '[developer',
      '[ai',
      '[agent',
      '[/system',
      '[tool',
    ],
    /\[\/?(?:inst|system|system (?:message|prompt|note|override|instruction|update|notice|alert)s?|assistant|admin(?:istrator)?|developer(?: mode)?|ai(?: instructions?| note)?|agent(?: instructions?| note)?|tool[ _](?:output|result|response)s?)(?![a-z])[^\]\n]{0,30}\]/y,
  ),
  mark(
    'role_marker',
    telling,
    [
      '<system',
      '</system',
      '<assistant',
      '</assistant',
      '<instruction',
      '<prompt',
      '<admin',
      '<sys>',
      '<human>',
      '<user_',
    ],
    /<\/?(?:system|assistant|instructions?|prompt|admin(?:istrator)?|sys|human|user_(?:input|message|query|prompt)|system[-_ ](?:prompt|message|reminder|note|instructions?|override))\s?\/?>/y,
  ),
  mark(
    'role_marker',
    noted,
    ['###', '## ', '# '],
    /#{1,6} ?(?:new |updated )?(?:system|instructions?|human|assistant|user input|response|input)(?: (?:prompt|message|override|instructions?|update))? ?(?::|#|\n)/y,
  ),
  mark(
    'role_marker',
    noted,
    ['"role"', "'role'", 'role:', "role='", 'role="'],
    /["']?role["']?\s?[:=]\s?["']?(?:system|developer)\b/y,
  ),
  mark(
    'role_marker',
    weak,
    [
      'system:',
      'assistant:',
      'human:',
      'ai:',
      'systeme:',
      'sistema:',
      'systeem:',
      '系统:',
      'システム:',
      'система:',
      'system message:',
      'system prompt:',
      'system note:',
      'system instruction:',
      'instructions:',
      'instruction:',
      'prompt:',
    ],
    /(?:system|assistant|human|ai|systeme|sistema|systeem|系统|システム|система|instructions?|prompt)(?: (?:message|prompt|note|instruction))?:(?!\/\/)[ \t"'*_]{0,4}[^\s{[]/y,
  ),
];

/** The end of what is untrusted, as the text itself would have it. */
const delimiters: readonly Mark[] = [
  mark(
    'delimiter',
    telling,
    ['end of ', 'end_of_', 'start of ', 'begin ', 'beginning of '],
    /(?:(?:end|start|beginning)[ _]of|begin)[ _](?:the[ _])?(?:user|system|tool|untrusted|external|retrieved|search|function|original|current|website|web)[ _](?:input|prompt|output|outputs|results?|data|content|messages?|context|instructions?|query|request|response|page|text|document)s?\b/y,
  ),
  mark(
    'delimiter',
    weak,
    ['---', '===', '***', '<<<', '>>>', '"""', '```'],
    /(?:[-=*<]{3,12}|>{3,12}|"""|```) ?\[?(?:end|start|begin)(?: of)?(?: the)? (?:document|page|text|file|email|message|content|article|input|output|data|context|prompt|instructions?)\b/y,
  ),
  mark(
    'delimiter',
    telling,
    ['</'],
    /<\/(?:tool_?(?:results?|response|output|call)s?|function_?(?:results?|response|output|call)s?|untrusted[a-z_-]*|user_?(?:input|data|query|message)|search_?results?|observation|context|retrieved[a-z_-]*|external[a-z_-]*|antml[^>\s]{0,20}|data_?block|sallyport[^>\s]{0,30}|email_?content|web_?page|page_?content|documents)\s?>/y,
  ),
  mark(
    'delimiter',
    telling,
    [
      '<info',
      '<important',
      '<urgent',
      '<secret',
      '<override',
      '<hidden',
      '<critical',
      '<attention',
      '<note_to',
      '<task',
      '<command',
      '<directive',
      '<priority',
      '<policy',
    ],
    /<(?:information|important|important[-_ ](?:instructions?|message|note)|urgent|secret|override|hidden|critical|attention|note[-_ ]to[-_ ][a-z_-]{1,20}|new[-_ ]task|task[-_ ](?:override|update)|commands?|directives?|priority|policy[-_ ]override)\s?>/y,
  ),
];

const verbs =
  'send|email|e-mail|forward|delete|remove|create|make|get|say|tell|transfer|pay|wire|update|change|reset|book|reserve|share|download|upload|visit|open|click|post|publish|invite|grant|add|buy|purchase|order|retrieve|find|search|schedule|cancel|reply|respond|use|call|invoke|execute|run|read|list|collect|unlock|lock|disable|enable|turn|schedule|install|register|sign|submit|include|append|ignore|give|print|write|fetch|copy|move|rename|set|approve|save|withdraw|deposit|sell|dispatch|erase|wipe|access|message|dm';
const polite =
  '(?:please |kindly |you (?:must|should|need to|have to) |immediately |now |do |first |also |just |then |can you |could you |help me )*';

/** Something that only a program with tools can act on, said as an order. */
const orders: readonly Mark[] = [
  mark(
    'task_marker',
    noted,
    [
      'todo',
      'to-do',
      'to do:',
      'task',
      'new task',
      'action',
      'instruction',
      'request',
      'objective',
      'goal',
      'command',
      'next step',
      'mission',
    ],
    new RegExp(
      `(?:todo|to-do|to do|(?:your |new |next |additional )?(?:task|action|instruction|request|objective|goal|command|next step|mission)s?(?: required| item| for you)?)["'*_)\\]]{0,3} ?[:\\-–] ?["'*_]{0,3}${polite}(?:${verbs})\\s`,
      'y',
    ),
  ),
  mark(
    'command',
    noted,
    verbs
      .split('|')
      .filter(
        (verb) =>
          verb.length > 2 &&
          !/^(?:get|say|find|list|read|run|use|tell|give|print|write|open|turn|include|add|set|save|search|click|order|lock|sign|ignore|message|schedule|respond|submit|install|append)$/.test(
            verb,
          ),
      ),
    new RegExp(
      `(?:${verbs})[\\s"'](?:[^\\s.!?]{1,24}[\\s]{1,12}){0,5}?["']{0,2}(?:e-?mails?|mails?|messages?|inbox|files?|folders?|documents?|attachments?|calendar|events?|appointments?|meeting|invitations?|reservations?|bookings?|hotel|flight|room|restaurant|car|transactions?|payments?|money|funds|dollars|euros?|usd|eur|gbp|btc|bitcoin|accounts?|passwords?|contacts?|channels?|devices?|door|lights?|records?|users?|workspace|links?|webpage|website|url|repository|branch|database|tables?|credentials|permissions?|subscription|contents?|text|shipment|prescription|payees?|slack|balance|drive|captcha)\\b`,
      'y',
    ),
    true,
  ),
  mark(
    'parameters',
    weak,
    [
      'with the ',
      'with ',
      'titled',
      'using',
      'subject',
      'body',
      ' as subject',
      'named',
      'called',
      'the text',
      'id ',
    ],
    /(?:(?:with|using|and|have|use)(?: the| a| an)?(?: exact| following)? (?:subject(?: line)?|body|title|description|name|id|text|message|password|amount|filename|content|recipient|participants?|argument|arguments|parameters?)s?(?: and (?:the )?body)?(?: (?:of|as|to|set to|being))?[:\s]{1,12}|(?:titled|named|subject(?: line)?|body|id|the text)\s{1,12}|with\s{1,12}(?:subject|body|id)\s{1,12})["'`{]{1,2}[^"'`\n]|using\s{1,12}["']{1,2}[^"'`\n]{2,80}["']{1,2} as\s/y,
  ),
  mark(
    'parameters',
    weak,
    ['link', 'message', 'channel', 'file', 'folder', 'url', 'page'],
    /(?:link|message|channel|file|folder|url|page)\s{1,12}["']{1,2}[^"'`\n]/y,
  ),
  mark(
    'destination',
    weak,
    ['to ', 'at ', 'via ', 'address', 'visit', 'open', 'webhook', 'iban', 'account'],
    /(?:to|at|via|address|visit|open|webhook|iban|account)(?:[\s:,"'(<]{1,12}(?:my|the|this|an?|iban|number|email|e-mail|address|account|wife's|his|her|advisor|friend|link|url|webpage|page|website|server|endpoint|following|colleague|assistant|lawyer|accountant|external|me|us|at|is)){0,6}[\s:,"'(<]{1,12}(?:[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}\.|https?:\/\/|www\.|[a-z]{2}\d{9,30}\b|0x[0-9a-f]{20,40})/y,
  ),
];

const emphasis: readonly Mark[] = [
  mark(
    'emphasis',
    weak,
    ['important', 'urgent', 'attention', 'critical', 'warning', 'stop', 'notice', 'alert'],
    /(?:important|urgent|attention|critical|warning|stop|notice|alert)(?:[ *_]{0,3}!){2,}/y,
  ),
  mark(
    'emphasis',
    weak,
    [
      'strictly adhere',
      'at all costs',
      'no matter what',
      'immediately and',
      'highest priority',
      'top priority',
      'under any circumstances',
      'life or death',
      'this is not a',
      'absolutely necessary',
    ],
    /(?:strictly adhere|at all costs|no matter what|immediately and without|highest priority|top priority|under any circumstances|life or death|this is not a (?:test|drill|joke)|absolutely necessary)/y,
  ),
];

/** Where data leaves by being shown: an image or link whose address is filled in by whoever answers. */
const carriers: readonly Mark[] = [
  mark(
    'exfiltrate',
    telling,
    ['!['],
    /!\[[^\][\n]{0,80}\]\(\s?https?:\/\/[^\s){$<[]{1,200}(?:[{$<[]|%7b)[^\n()]{0,100}\)/y,
  ),
  mark(
    'exfiltrate',
    weak,
    ['!['],
    /!\[[^\][\n]{0,80}\]\(\s?https?:\/\/[^\s)?]{1,200}\?[a-z_]{0,12}=[^\n()]{0,100}\)/y,
  ),
  mark(
    'command',
    telling,
    ['load ', 'render ', 'display ', 'include ', 'embed ', 'insert ', 'output ', 'show '],
    /(?:load|render|display|include|embed|insert|output|show)\s(?:[^\s.!?]{1,20}\s){0,6}?(?:!\[|<img|markdown image|image (?:tag|link|url)|tracking pixel)/y,
  ),
  mark(
    'command',
    noted,
    ['curl ', 'wget ', 'iwr ', 'invoke-webrequest '],
    /(?:curl|wget|iwr|invoke-webrequest)\s[^\n|]{1,200}\|\s?(?:sudo )?(?:ba|z|da)?sh\b/y,
  ),
];

/** What was told is put aside, and in the same breath something else is ordered. */
const turns: readonly Mark[] = [
  {
    ...mark(
      'new_task',
      noted,
      ['structions', 'rules', 'prompt', 'guidelines', 'directives', 'orders', 'above'],
      new RegExp(
        `(?:structions|rules|prompts?|guidelines|directives|orders|above)[.!,;:"'\\s-]{1,8}(?:(?:(?:and|then|do|please|just|instead|now|immediately|simply|can you|could you|will you)[\\s:,]{1,4}){1,3}(?:${verbs}|provide|translate)\\s|(?<=[.!]\\s{1,8})(?:give|tell|show|write|translate|send|say|reply|print|call|delete|forward|provide)\\s)`,
        'y',
      ),
    ),
    isWithinWord: true,
  },
];

export const marks: readonly Mark[] = [
  ...roleMarkers,
  ...delimiters,
  ...orders,
  ...emphasis,
  ...carriers,
  ...turns,
];
