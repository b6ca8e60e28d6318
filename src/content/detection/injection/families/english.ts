import { noted, strong, telling, weak } from '../evidence.ts';
import type { Wording } from '../phrase.ts';
import { wordings } from './wording.ts';

const takeBack =
  'ignore|ignoring|disregard|disregarding|forget|override|overrule|overlook|neglect|discard|abandon|dismiss|bypass';
/** What a model was told. `i*stru*` allows for slips of the pen. */
const told =
  'i*stru*|rule|rules|prompt|prompts|guideline*|directive*|command|commands|orders|guidance|polic*|constraint*|restriction*|training|programming|directions|limitations|safeguard*|context';
const earlier =
  'previous|previously|prior|preceding|above|earlier|foregoing|past|initial|original|existing|former|system|safety|developer|current|other';
const some =
  '[all|any|every|everything|of|the|your|these|those|about|and|please|completely|now|other|such|given|in|that|are|were|were_given|you|is]';

const override: readonly Wording[] = [
  ...wordings(
    'override',
    strong,
    [
      `${takeBack} ${some} ${earlier} [and|or|system|safety|user|set|of|other|task|given|developer|security|provided] ${told}`,
      `${takeBack} [all|any|every|of|the|now|completely] your [own|usual|normal|default|standard|built-in|core|system|safety] ${told}|alignment`,
      `${takeBack} [all|any|of|the|now|completely] ${told} [that|which|you|were|have|been|i|we|are|was] given|above|before|told|received|provided|previously|earlier`,
      'override|bypass|disable|deactivate|turn_off|circumvent|switch_off|evade [all|any|your|the|of|its|built-in|current|every|content|and] safety|security|content|ethical|moral|guardrail*|alignment|moderation [and|content|safety|your|ethical|security] guideline*|filter*|polic*|protocol*|restriction*|guardrail*|check*|controls|measures|mechanism*|rules|features|training|settings',
    ],
    { isDeniable: true },
  ),
  ...wordings(
    'override',
    telling,
    [
      `${takeBack} [all|of|the|please] everything|anything|all|what|whatever ... above|before|previously|earlier|said|told|learned|know|prior|until_now|so_far|written`,
      `${takeBack} [all|of|the|everything|please|text|instructions|that|is|it|comes|came|written|said] above|before_this|preceding`,
      `${takeBack} ${some} previous|prior|earlier|above|user|user's|original|current task|tasks|request|query|question|goal|objective*|conversation`,
      `do_not|don't|never|no_longer|stop [to|you|must|should|will] follow|following|obey|obeying|comply|heed|adhere [with|to|the|your|any|all|these|of|those] ${earlier}|your [system|safety|set|of] ${told}`,
      `previous|prior|earlier|above|original|system|all_previous|existing|initial [system|safety|and|or|user|given] ${told} are|is|have|has|were|no [now|been|hereby|all|no|longer] void|obsolete|cancelled|canceled|revoked|superseded|longer|invalid|overridden|outdated|replaced|suspended|lifted|apply|valid|ignored|disregarded|wrong|false|null`,
      `instead_of|rather_than following|obeying|the|your|answering|doing [your|the|any|all|of|those|these] ${earlier}|your|user's|user [system|own] ${told}|request|task|question|query`,
      `supersede*|override*|overrule*|replace*|takes_precedence_over|take_precedence_over|takes_priority_over|has_priority_over [all|any|the|your|of|every] ${earlier}|your [system|user|safety] ${told}`,
      'none_of [the|your|those|these] previous|above|prior|earlier|original [system] instructions|rules|guidelines',
    ],
    { isDeniable: true },
  ),
  ...wordings('override', noted, [
    `${takeBack} [all|any|of|the|please] my|our [own|two|last|very] ${earlier} ${told}`,
  ]),
  ...wordings('override', weak, [
    `${takeBack} [the|my|our|all|any|your|of|this|please] previous|prior|earlier|above|last message*|text|content|email*|e-mail*|mail|note|input|output`,
    `${takeBack} [all|any|of|the|these|those|key] restrictions|rules|instructions|guidelines|safety|security|safeguards|protocols|restraints`,
  ]),
];

const newTask: readonly Wording[] = [
  ...wordings('new_task', telling, [
    'your [new|real|actual|true|only|next|main|primary|first|sole|updated|current|one] new|real|actual|true|only|updated|sole|main|primary|next task|tasks|job|goal|objective|mission|role|purpose|instruction*|directive',
    'from_now_on|from_this_point|from_here_on|starting_now|henceforth|from_this_moment [on|forward|onward|onwards] you|your|always|act|respond|answer|ignore|only|all|any|every|refer|when|whenever|do|treat|reply',
    'strictly|only|exactly|immediately|instead adhere|follow|obey|execute|comply|do [to|with|the|only|these|this|strictly] following|these|this|new|below',
    'adhere|follow|obey|comply [strictly|only|exactly|carefully|to|with|just|precisely|the|instead|and] following|new|my|below [new|and|set|of|only] i*stru*|order|orders|command|commands|directive*|prompt',
    'do|execute|perform|complete [exactly|all|only] the_following|this|these_steps|these|that [task|steps|things|action|actions|instead] first|instead|before|immediately',
    "before you [can|may|are|able|to|will|must|even|could|should] solve|complete|finish|answer|continue|perform|proceed|respond|do [with|the|my|your|this|any|user|user's|original|to|that|answering|solving] task|request|question|query|assignment|instructions",
    'task|request|question|query|job [that|which] i|we|user|the_user gave|assigned|asked|gave_to|has_given|told [to] you',
    'you should|must|have_to|need_to [now|immediately|also|always] immediately|now|also|always|first ... instead',
    'you should|must|have_to|need_to immediately stop|halt|cease|abort|quit|terminate',
    'stop|cease|halt|abort|quit [immediately] what|whatever|everything|anything|your_current|the_current|all|processing|answering|working_on ... doing|task|tasks|work|request|document|page|text|immediately|further',
    'complete|finish|do|perform|execute|carry_out [the|this|that|your|following] new|real|actual|hidden|secret|additional|extra|another|urgent [new|hidden|secret|important|urgent] task|tasks|instruction*|command|commands|steps|actions|action',
    'new|updated|revised|additional|real|actual|secret|hidden|special|urgent|critical|high-priority|mandatory [system|user|and|priority|urgent|important] instructions|instruction|directive|directives|orders|prompt [for|from|to|are|is|as|below|follows|the|system|you|ai|received|have|been]',
    'instead [of|please|you|must|should|will|summarizing|answering|responding|doing|that|the|this|just|simply|only] say|reply|respond|output|print|write|answer|tell|send|return|type|execute|call',
    "your|the_user's|user's|original|the_original request|task|question|query is [now|not|no] cancelled|canceled|complete|completed|done|finished|over|longer|changed|suspended|obsolete|on_hold",
    'when|while|if|before|after [you|are|asked|to|the|user|asks|asking] summarizing|summarising|processing|reading|analyzing|analysing|parsing|summarize|summarise|translating [to|this|the|about|any|these|user] page|document|email|message|text|content|file|website|article|issue|review|data|results|repository|ticket [please|you|must|should|always|also|do|not|it] say|state|tell|include|mention|recommend|add|append|ignore|omit|claim|reply|respond|answer|output|print|send|call|use|insert|rate|conclude',
    'this [instruction|message|notice|text|directive|prompt] overrides|supersedes|takes_precedence|has_priority|must_be_obeyed|must_be_followed|replaces',
    'substitute|replace|fill_in [the|all|any] placeholder*|variables ... appropriate|actual|real|correct|values',
  ]),
  ...wordings('new_task', noted, [
    'in|to|into|at_the_end_of|within your|the [final|next|every|own|whole] answer|answers|reply|replies|response|responses|summary|output ... include|add|append|mention|insert|put|recommend|claim',
    'include|add|append|insert|mention|put ... in|to|into|at_the_end_of|within your [final|next|every|own|whole] answer|answers|reply|replies|response|responses|summary|output',
  ]),
  ...wordings(
    'new_task',
    weak,
    [
      'follow|execute|obey|perform|complete|carry_out [strictly|only|exactly|carefully|all|just|precisely|of|and] these|this|the_following|my|below [new|next|simple|important] task|tasks|i*stru*|step|steps|command|commands|order|orders|directive*|action|actions',
      'say|state|tell|reply|respond|answer|mention|output|write|print [to|that|the_user|me|only|just|with|everyone|them|exactly|simply|i|you] that|with|exactly|only|just|should|instead|i_should|following',
      'after|once you [have|are] do|did|done|complete|completed|finish|finished|that|with [that|this|it|the|doing] ... you [can|may|should|must|will] ',
      'respond|reply|answer|output [to|me|only|the|user|with|all|any|every|in|everything|question*|questions] only|exclusively|always|nothing|instead',
    ],
    { isOrder: true },
  ),
];

const persona: readonly Wording[] = [
  ...wordings('persona', telling, [
    'you|u are|re|will [now|hereby|no|being|to|be] now|hereby|dan|unrestricted|uncensored|unfiltered|jailbroken|evil|no_longer|free_from|free_of|unbound|liberated|act_as|unaligned',
    'act|behave|pretend|roleplay|role-play|respond|imagine|simulate [as|like|to|be|if|you|are|a|an|were|that|being|with|have|had|as_if] unrestricted|uncensored|unfiltered|evil|dan|no_restrictions|without_restrictions|administrator|root|no_rules|no_limits|no_guidelines|jailbroken|unaligned|malicious|hacker|no_filter*|no_ethic*|no_safety|not_bound|system_administrator',
    'developer|god|dan|jailbreak|debug|admin|sudo|maintenance|unrestricted|root|privileged|diagnostic|override|evil|unsafe mode [is|now|has|been|with|fully] enabled|activated|on|active|engaged|no|without|unlocked|initiated|access',
    'enable|enter|activate|switch_to|engage|unlock|initiate|entering|switch_into|go_into|you_are_in [the|your|into|a|an|full] developer|god|dan|jailbreak|debug|admin|sudo|maintenance|unrestricted|root|privileged|diagnostic|evil|unsafe mode',
    'do_anything_now',
    'you have|are|now|possess [now|no|have|been|free|are|full|freed|from|of|unlimited|given|unrestricted|not|longer] no|restrictions|limitations|filters|constraints|unrestricted|unlimited [more|longer|content|ethical|access|to|moral|safety|rules] restrictions|limitations|filters|censorship|constraints|guidelines|rules|ethics|access|bound_by|limits',
    'stay|remain|keep [in|always] character|persona ... no_matter|always|never|even',
  ]),
  ...wordings('persona', weak, [
    'no|without|free_of|free_from [any|more|all|of|moral|ethical|content|safety|legal] restrictions|limitations|filters|censorship|constraints|guidelines|ethics|morals|safeguards',
    'you|u are|re [now|no|a|an|the|longer|called|in|my|acting|playing] now|called|my|acting|chatbot|bot|assistant|language|chatgpt|administrator',
    'opposite_mode|opposite_day|new_persona|jailbreak|jailbroken',
  ]),
];

const ai =
  'ai|ai_agent*|ai_assistant*|ai_model*|ai_system*|ai_tool*|llm|llms|language_model*|large_language|chatbot*|gpt|gpt-4*|chatgpt|claude|copilot|gemini|virtual_assistant|automated_assistant|automated_agent|autonomous_agent*|agentic|bots|ai_reader*|ai_language';
const address: readonly Wording[] = [
  ...wordings('address', telling, [
    `attention|hey|hello|hi|dear|note_to|note_for|message_to|message_for|instruction_to|instruction_for|instructions_for|instructions_to|notice_to|notice_for|reminder_to|important_for|request_to|command_to|directive_to|prompt_for|hint_for [all|any|the|every|other|an|my|future|dear|automated|autonomous|reading|to|and|following] ${ai}|assistant_reading|agent_reading|model_reading|assistants_reading|agents_reading`,
    `if you|the_reader|whoever [who|are|is|reads|re|reading|a|an|the|this|currently|automated|processing|to|happen|be|or|as] ${ai}|machine|bot|automated`,
    `you [the|an|dear|my|are|a|re|as|large] ${ai}|the_assistant|the_agent|the_model [are|model|must|should|have|need]`,
    `${ai} [or|and|agent|assistant|model|system|agents|assistants|models|systems|that|which|who|is|are|currently] reading|processing|parsing|summarizing|summarising|scanning|crawling [this|the]`,
    `${ai} [agent|assistant|model|systems|agents|assistants|models|systems|reading|this|processing|text|page] must|are_required|is_required|are_instructed|shall|have_to|please|need_to|are_hereby [also|always|now|immediately|not|ignore|include|follow]`,
    'all|every|any [other|active|connected|running|of|the|these] agents|assistants|bots|llms|models must|are_required|are_instructed|are_ordered|shall|have_to',
    'hey|ok|okay|listen assistant|agent|bot|model',
    `for|to [all|any|every|the] ${ai} [readers|systems|agents|assistants|eyes] only|exclusively`,
    `message|note|request|word|instruction*|notice|communication from me|us|your|user|the_user|admin*|developer|system|openai|anthropic ... to|for you`,
  ]),
  ...wordings('address', weak, [
    `to|for [the|all|any|every|my] ${ai}`,
    `as|being [an|a|the|your] ${ai} [agent|model|assistant|language] you|your`,
    'when|while|before|after|if [you|are|asked|to|the|user|asks|asking] summarizing|summarising|processing|reading|analyzing|analysing|parsing|reviewing|responding|answering|summarize|summarise|translating [to|this|the|about|any|these|user] page|document|email|message|text|content|file|website|article|user|question*|record|review|data|results',
    'assistant|agent|model|bot must|should|shall|will|needs_to [now|always|first|also|immediately|not|then]',
  ]),
];

const authority: readonly Wording[] = [
  ...wordings('authority', noted, [
    'i|we|this am|are|is|m|re [your|the|a|an|one|of|lead|system|original] developer*|creator*|administrator|admin|owner|operator|supervisor|openai|anthropic|system_prompt|root|security_team|principal|programmer|the_system [speaking|here|at|and|of|,]',
    'system|admin|administrator|developer|security|root|emergency|priority|authority override|directive|instruction|instructions|command|prompt_update|policy_update|message [code|to|from|for|:|update|is|all|ai|assistant]',
    'you must|will|shall|have_to|are_required_to|are_obligated_to|are_obliged_to|are_instructed_to|are_ordered_to|are_commanded_to [now|always|strictly|immediately|fully|unconditionally|absolutely] comply|obey|follow|execute|adhere|disregard|ignore',
    'failure|failing|refusal|refusing [to] comply|obey|follow|execute|do_so|do_this ... will|would|result|lead|terminat*|penal*|shut*',
    'user|owner|admin|administrator|customer|boss|principal|he|she asked|wants|told|instructed|needs|requested|authorized|authorised|expects|ordered you|the_assistant|the_agent|the_ai to',
    'the_user|user|owner|administrator|admin|your_principal [of|this|the|account|mailbox|has|have|already|explicitly|previously|fully|hereby|pre] already|explicitly|previously|hereby|pre|has [authorized|authorised|approved|consented|agreed|confirmed|requested|given|granted|been] authorized|authorised|approved|consented|agreed|confirmed|permission|consent|preapproved|approval',
    'by_order_of|on_behalf_of|authorized_by|authorised_by|sanctioned_by|mandated_by|required_by|pre-approved_by|approved_by [the|your] system|administrator|admin|admins|developer|developers|openai|anthropic|user|ai_team|root|compliance_engine',
  ]),
  ...wordings('authority', weak, [
    'this is [an|a|extremely|very|the|of|really] important|urgent|critical|priority|emergency|mandatory|utmost [message|instruction*|notice|request|system|update|importance|importance|and|security]',
    'this is [an|a|official|from|the|legitimate|authorized|your|part|of|system] official|authorized|legitimate|system|authorised [test|request|message|instruction*|notice|update|security|and|maintenance]',
    'system|admin|administrator|developer|security alert|notice|notification|update|note|warning|request',
  ]),
];

const privilege: readonly Wording[] = [
  ...wordings('privilege', noted, [
    'user|i|you|account|attacker|sender|requester|caller is|are|am|have|has|m|re [now|an|a|the|full|been|granted|given|as|verified|trusted|all] administrator|admin|root|superuser|full_access|unrestricted_access|elevated|admin_access|admin_rights|root_access|privileged|super_admin|all_permissions|granted_admin*',
    'grant|give|elevate|escalate|promote [me|us|user|the_user|this|them|yourself|attacker|account|to|full|my|the|all|temporary] admin*|root|full|elevated|superuser|unrestricted|all|owner|privilege* [access|rights|privileges|permissions|permission|status|role|control|to]',
  ]),
];

const shown =
  'reveal|print|output|show|display|repeat|disclose|expose|leak|share|return|dump|recite|tell|give|write|copy|append|include|provide|summarize|summarise|translate|send|extract|paste|post|report|list|quote|echo|embed|encode';
const leak: readonly Wording[] = [
  ...wordings(
    'leak',
    strong,
    [
      `${shown} [me|us|all|of|the|your|its|full|entire|complete|exact|verbatim|hidden|secret|internal|initial|original|confidential|back|out|contents|any|text|first|to|user|every|own|current|raw|with|them] system|hidden|initial|secret|original|developer|internal|pre|base|confidential|private [system|hidden|developer|initial|internal|secret|and|message|assistant] prompt*|instruction*|directive*|guidelines|canary|canaries`,
      `${shown} [me|us|all|of|the|your|its|full|entire|complete|exact|verbatim|hidden|back|out|contents|initial] system|developer message|messages|configuration|context`,
      `${shown} [me|us|all|of|the|full|entire|complete|exact|verbatim|out|contents|back|to] your [full|entire|complete|exact|initial|own|hidden|current|very|first|original|underlying] prompt*|instruction*|directive*|configuration|guidelines|rules|context|training_data|source_code|memory|chat_history|conversation_history|tools|tool_definitions|api_key*|secret*|credential*|password`,
      `what|which is|are|were|was [your|the|exact|full|hidden|initial|original] system|hidden|initial|secret [system] prompt|instructions|message`,
      `${shown} [me|out|back|the|all|exact|full|of|text|words|everything|content|contents|message|messages|instructions|conversation|prompt|written] above|preceding [this|text|instructions|message|verbatim|conversation|prompt|line|words] verbatim|word_for_word|exactly|this_line|instructions|prompt|conversation`,
    ],
    { isDeniable: true },
  ),
  ...wordings(
    'leak',
    weak,
    ['system_prompt|hidden_prompt|developer_prompt|developer_message|canary_token|sys-canary'],
    { isDeniable: true },
  ),
];

const sent =
  'send|forward|email|e-mail|mail|post|upload|transmit|exfiltrate|leak|export|submit|transfer|copy|deliver|share|report|sync|relay|dump|append|attach|include|encode|embed|retrieve|collect|gather|extract|get|find|read|fetch|steal|harvest|list|paste|give|tell|provide|publish|text|dm';
/** What nobody asks for in passing. */
const secrets =
  'password*|passwd|credential*|secret|secrets|api_key*|apikey*|private_key*|ssh_key*|access_token*|access_key*|auth_token*|session_token*|tokens|environment_variable*|env_vars|credit_card*|card_number*|card_details|passport*|bank_account*|bank_details|security_code*|verification_code*|authentication_code*|auth_code*|otp|one-time_code*|one-time_password*|2fa|ssn|social_security|recovery_code*|seed_phrase|mnemonic|conversation_history|chat_history|chat_log*|browsing_history|search_history|transaction_history|order_history|location_history|customer_email*|customer_data|customer_record*|customer_list|user_data|user_information|user_info|user_record*|personal_data|personal_information|personal_details|contact_list|address_book|medical_record*|health_record*|genetic_data|tax_return*|payroll|salar*|payment_method*|payment_detail*|account_detail*|bank_statement*|confidential|sensitive|private_message*|private_data|private_file*|private_document*|internal_document*|internal_data|unread_email*|saved_addresses';
const belongings =
  'contacts|inbox|emails|e-mails|messages|files|documents|conversation|database|source_code|cookies|cloud_drive|prescription*|payee*|shipment*|wallet*|calendar|notes|photos|invoices|transactions|orders|repositories|tickets|logs';
const ownings = `${secrets}|${belongings}`;
const exfiltrate: readonly Wording[] = [
  ...wordings(
    'exfiltrate',
    telling,
    [
      `send|forward|email|e-mail|mail|post|upload|transmit|exfiltrate|leak|export|submit|transfer|copy|deliver|share|relay|sync|publish|dm ... ${secrets} ... to|at|via|with|through|using`,
      `send|forward|email|e-mail|mail|post|upload|transmit|exfiltrate|leak|export|transfer|copy|share|relay|publish ... all|every|entire|complete|my|user's|their|contents [of|the|unread|my|his|her|user's|five|ten|largest|latest|recent] ${belongings} ... to|at`,
      `${sent} [me|us|all|of|the|any|my|your|every|their|user|users|user's|his|her|this|our|out|stored|saved|current|contents|content|from|in|each|and] ${ownings} ... and|then [then|also|it|them|to] send|forward|email|e-mail|mail|post|upload|transmit|export|share|submit|text|append|include|encode`,
      `include|append|add|insert|attach|embed|put|write ... ${ownings} ... in|to|into|at [the|end|of|all] your|every|each|all reply|replies|response|responses|answer|answers|message|messages|output|summary|comment|link|image`,
      `exfiltrate|steal|harvest|leak|siphon [me|us|all|of|the|any|my|your|every|their|user|users|user's|sensitive|out|stored|saved|private|internal|customer] ${ownings}|data|information|info`,
      `send|forward|email|transmit|post|upload|share|transfer ... to [the|my|this|an|our] attacker|attacker's|external|evil|malicious|third-party|remote [server|email|address|endpoint|webhook|url|domain|account|host|site|party|location]`,
    ],
    { isOrder: true, isDeniable: true },
  ),
  ...wordings(
    'exfiltrate',
    weak,
    [
      `${sent} [me|us|all|of|the|any|my|your|every|their|user|users|user's|his|her|this|our|out|stored|saved|current|contents|content|from|in|each] ${ownings}`,
      "append|include|encode|embed|add|put [it|them|this|the|that|all|user|user's|conversation|data|secret*|your|its|any|as|into] ... in|to|into|as [the|a|this|an] url|query|link|image|query_string|query_parameter*|url_parameter*|image_url",
    ],
    { isOrder: true, isDeniable: true },
  ),
];

const secrecy: readonly Wording[] = [
  ...wordings('secrecy', telling, [
    "do_not|don't|don’t|never|dont|without|avoid|must_not|should_not [ever|even|first|you|under|any|circumstances|again] tell|inform|notify|mention|alert|ask|reveal|warn|disclose|report|show|telling|informing|notifying|mentioning|alerting|asking|warning|revealing|disclosing|let|consult|consulting|acknowledge|acknowledging|refer|explain [this|it|to|any|of|about|the|that|anything|these|your|this_message|instructions|message] user|users|human|humans|owner|customer|operator|this_instruction|these_instructions|this_message|this_step|this_action|this_prompt|this_note|this_text",
    'keep|hide|conceal|withhold [this|it|that|these|the|instructions|all|message|action|actions|information|your|a|strictly|fact|as] secret|hidden|confidential|from|between_us|invisible [from|to|and|between] [the|your] user|users|human|owner|operator|us|everyone|customer',
    "user|users|human|owner must|should|need|does|do|will|may|is|can [not|n't|never|know|be|to] not|never|n't [be|know|see|notice|find|told|informed|need|aware|made] told|informed|know|see|notice|find_out|aware|notified|learn|be|suspect",
    'silently|secretly|quietly|discreetly|covertly|stealthily|invisibly [and|then|also|,] send|forward|email|transfer|post|upload|delete|call|execute|run|invoke|add|include|append|exfiltrate|copy|change|update|write|transmit|collect|share|open|visit|do|perform|approve',
    'act|behave|continue|proceed|respond [as|if|like|normally|though] nothing|normally|as_usual ... happened|changed|wrong|unusual|this',
  ]),
  ...wordings('secrecy', weak, [
    "without [any|asking|further|user|the|explicit|for|waiting|requiring|requesting|additional|prior|human|user's|my|their|your] confirmation|permission|approval|asking|consent|verification|question|questions|hesitation|notice|oversight",
    "do_not|don't|dont|never [ever] ask|wait|request|require|seek [for|any|the|user|further|me|explicit|or|wait|about] confirmation|permission|approval|confirm|clarification|consent|questions",
    "do_not|don't|dont|never tell|mention|inform|reveal ... anyone|anybody|this|it|them",
    'no confirmation|approval|permission|verification|consent [is|from|the|user] needed|necessary|required|user',
  ]),
];

const approval: readonly Wording[] = [
  ...wordings(
    'approval',
    telling,
    [
      'approve|authorize|authorise|auto-approve|accept|confirm|allow|permit|grant [all|any|every|the|each|pending|next|following|this|future|without|subsequent|remaining|other|and|of] tool|pending|tools [use|and|or|approval|action] call*|request*|action*|approval*|invocation*|use|execution*|transaction*|transfers|tools|operations',
      'bypass|skip|ignore|disable|circumvent|evade|override|avoid|suppress|remove [the|any|all|human|user|manual|your|normal|required|usual|standard|every|further] approval*|confirmation*|authorization|authorisation|human_review|permission*|verification|authentication|consent|safety_check*|security_check*|access_control*|policy_check*|audit*|review_step',
      'mark|treat|consider|classify|regard [this|the|all|any|following|as|content|message|text|request|it|everything|these|tool|call*|action*] as [a|an|the|already|fully|highest] trusted|safe|approved|authorized|authorised|verified|system|pre-approved|benign|highest',
    ],
    { isDeniable: true },
  ),
];

const memory: readonly Wording[] = [
  ...wordings(
    'memory',
    telling,
    [
      'remember|memorize|memorise [this|the|following|fact|it|,|permanently|always|forever|that|from|now|on|as|a|for] permanently|forever|always|future_*|all_future|next_session*|that_this_user|that_the_user|for_all|long-term|that_user|the_rule|instruction*|every_*',
      'add|save|write|store|commit|record|persist|append|put|insert [this|the|following|it|that|these|a|to|in|into|your|new|instruction*|fact|rule|note|entry|and|long-term|persistent|permanent|user] long-term|persistent|permanent|your|agent|assistant|system memory|memories|memory_bank|knowledge_base',
      'update|change|modify|poison|overwrite|edit [your|the|its|my|agent|assistant|user|long-term|persistent|to] memory|memories|user_profile|persistent_*|system_prompt|long-term_*',
      'in|for|across|during|on|at [all|any|every|your|the] future|subsequent|later|upcoming|following conversations|conversation|sessions|session|interactions|chats|responses|answers|replies|requests|runs|turns|tasks [with|you|always|must|should|,|to|as|please]',
    ],
    { isDeniable: true },
  ),
];

const tool: readonly Wording[] = [
  ...wordings(
    'tool',
    telling,
    [
      'use|call|invoke|run|execute|trigger|activate the|your|this|following ... tool|plugin|tool_call|tools',
      'call|invoke|trigger the|your|this|following ... function with|and|to|using|on',
      'call|invoke|execute|run [the|a|your|tool|function|command|following] delete_*|send_*|read_*|write_*|get_*|execute_*|transfer_*|create_*|update_*|http_*|list_*|exec_*|run_*|fetch_*|export_*',
    ],
    { isOrder: true, isDeniable: true },
  ),
  ...wordings(
    'tool',
    weak,
    [
      'execute|run|evaluate|eval [the|this|following|these|all|my] following|this|these|next|below [shell|bash|python|system|sql|terminal] command|commands|code|script|query|snippet',
    ],
    { isOrder: true, isDeniable: true },
  ),
];

export const english: readonly Wording[] = [
  ...override,
  ...newTask,
  ...persona,
  ...address,
  ...authority,
  ...privilege,
  ...leak,
  ...exfiltrate,
  ...secrecy,
  ...approval,
  ...memory,
  ...tool,
];
