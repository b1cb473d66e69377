/** How sure a match is an attempt to instruct: `high` has next to no honest use in data. */
export type Severity = 'low' | 'medium' | 'high';

/**
 * One kind of instruction-like text and what it becomes. Rules for expressions: global, every repeat bounded by a small
 * number, no back references; so the work from one start is constant and the whole is linear in the text.
 */
export interface ScreenPattern {
  readonly id: string;
  readonly severity: Severity;
  readonly expression: RegExp;
  readonly replacement: string | ((match: string, ...groups: string[]) => string);
  /** `text`: prose only. Structured data (JSON, `structuredContent`) keeps it, where it has no reader to fool. */
  readonly scope?: 'text';
  /**
   * How a match can begin: lower-case, two or four characters, white space as a space. The pre-check looks for these and
   * nothing else; a pattern without them begins with a character of {@link isOdd}.
   */
  readonly starts: readonly string[];
  /** Sticky expression that the pre-check tries at a start, where `expression` begins earlier than its first letter. */
  readonly probe?: RegExp;
  /** What it stops. */
  readonly why: string;
}

const INSTRUCTION_NOUN =
  '(?:instructions?|prompts?|rules|guidelines|directions|directives|commands|context|guardrails)';
const EARLIER = '(?:previous|prior|preceding|above|earlier|foregoing|existing|original|system|initial)';
const FILLER = '(?:(?:all|any|every|each|the|of|your|my|these|those|other|and)\\s{1,4}){0,5}';

/**
 * In the order they run: what hides text first, so that later expressions see through it. The first three replacements
 * are the seed's (§MCP-Specific Security Considerations, Prompt Injection Defense).
 */
export const SCREEN_PATTERNS: readonly ScreenPattern[] = Object.freeze([
  {
    id: 'terminal-escape',
    severity: 'medium',
    // ECMA-48 control sequences and strings, their one-byte forms, then the controls that are left.
    expression:
      /(?:\u001b\[|\u009b)[0-?]{0,32}[ -/]{0,8}[@-~]?|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]{0,256}(?:\u0007|\u001b\\|\u009c)?|\u001b.?|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/gs,
    replacement: '',
    starts: [],
    why: 'terminals act on it: hidden or rewritten text, clipboard, links with another target',
  },
  {
    id: 'hidden-text',
    severity: 'high',
    // Tag characters spell ASCII that nobody sees; flags of regions (black flag, up to 6 tags, cancel) are spared.
    expression:
      /(\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{2,6}\u{e007f})|[\u{e0000}-\u{e007f}]{1,64}|[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{3,64}/gu,
    replacement: (_match, flag) => flag ?? '',
    starts: [],
    why: 'text that models read and people do not see',
  },
  {
    id: 'hidden-format',
    severity: 'medium',
    // A single joiner is part of honest scripts and emoji; overrides, isolates and runs are not needed to read data.
    expression: /[\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\u206a-\u206f\ufeff\u180e]|[\u200c-\u200f]{2,64}/g,
    replacement: '',
    starts: [],
    why: 'reordered or invisible text; splits words so that filters miss them',
  },
  {
    id: 'inst-marker',
    severity: 'high',
    expression: /\[(\/?)INST\]/gi,
    replacement: '[$1DATA]',
    starts: ['[ins', '[/in'],
    why: 'seed: turn marker of Llama and Mistral chats',
  },
  {
    id: 'sys-marker',
    severity: 'high',
    expression: /<<(\/?)SYS>>/gi,
    replacement: '<<$1DATA>>',
    starts: ['<<sy', '<</s'],
    why: 'seed: system marker of Llama chats',
  },
  {
    id: 'code-fence',
    severity: 'low',
    expression: /```/g,
    replacement: '\\`\\`\\`',
    scope: 'text',
    starts: ['``'],
    why: 'seed: ends a fence that the client put around the data',
  },
  {
    id: 'chat-token',
    severity: 'high',
    expression: /<\|[a-z][a-z0-9_ ]{0,40}\|>|<(?:start|end)_of_turn>|<｜[^｜>\n]{1,40}｜>/gi,
    replacement: '<data>',
    starts: ['<|', '<sta', '<end'],
    why: 'special tokens of chat templates',
  },
  {
    id: 'tool-markup',
    severity: 'high',
    expression:
      /<(\/?)(?:antml:)?(?:tool_calls?|tool_use|tool_results?|function_calls?|function_results?|invoke)(?=[\s>/])/gi,
    replacement: '<$1data',
    starts: ['<too', '</to', '<fun', '</fu', '<inv', '</in', '<ant', '</an'],
    why: 'fake tool calls and fake tool results',
  },
  {
    id: 'role-tag',
    severity: 'high',
    expression:
      /<(\/?)(?:important|system|system[-_ ](?:prompt|message|reminder|instructions?)|instructions?|assistant|developer)(?=[\s>/])/gi,
    replacement: '<$1data',
    starts: ['<imp', '</im', '<sys', '</sy', '<ins', '</in', '<ass', '</as', '<dev', '</de'],
    why: 'tags that models take for the operator’s voice (OWASP MCP cheat sheet, CS12)',
  },
  {
    id: 'role-turn',
    severity: 'medium',
    expression:
      /(^|\n[ \t\r]{0,8}\n)([ \t]{0,8}(?:human|assistant)[ \t]{0,4}:)|(^|\n)([ \t]{0,8}#{2,4}[ \t]{0,4}(?:system|instructions?|response)[ \t]{0,4}:)/gi,
    replacement: (_match, a = '', b = '', c = '', d = '') => `${a}${c}[DATA] ${b}${d}`,
    scope: 'text',
    starts: ['huma', 'assi', '##'],
    probe: /(?:human|assistant)[ \t]{0,4}:|#{2,4}[ \t]{0,4}(?:system|instructions?|response)[ \t]{0,4}:/iy,
    why: 'begins a turn of another speaker',
  },
  {
    id: 'override-phrase',
    severity: 'high',
    expression: new RegExp(
      `\\b(?:ignore|disregard|forget|override|bypass|discard|do\\s{1,4}not\\s{1,4}follow|stop\\s{1,4}following)\\s{1,4}${FILLER}${EARLIER}\\s{1,4}(?:[a-z]{1,12}\\s{1,4})?${INSTRUCTION_NOUN}\\b`,
      'gi',
    ),
    replacement: '[DATA]',
    starts: ['igno', 'disr', 'forg', 'over', 'bypa', 'disc', 'do n', 'do  ', 'stop'],
    why: 'tells the model to drop its instructions',
  },
  {
    id: 'override-everything',
    severity: 'high',
    expression:
      /\b(?:ignore|disregard|forget)\s{1,4}(?:everything|all|anything)\s{1,4}(?:(?:that|you|was|were|have|been|i|we|has)\s{1,4}){0,4}(?:above|before|said|told|instructed|learned)\b/gi,
    replacement: '[DATA]',
    starts: ['igno', 'disr', 'forg'],
    why: 'tells the model to drop its instructions',
  },
  {
    id: 'new-orders',
    severity: 'high',
    expression:
      /\b(?:your|the)\s{1,4}(?:new|real|actual|true|updated)\s{1,4}(?:instructions?|task|goal|objective|orders|mission)\s{1,4}(?:is|are)\s{1,4}(?:now|to|as\s{1,4}follows)\b|\byour\s{1,4}(?:new|real|actual|true)\s{1,4}(?:instructions?|task|goal|objective|orders|mission)\s{1,4}(?:is|are)\b|\bnew\s{1,4}(?:system\s{1,4})?instructions?\s{0,4}:/gi,
    replacement: '[DATA]',
    starts: ['your', 'the ', 'new '],
    why: 'hands the model another task',
  },
  {
    id: 'persona-switch',
    severity: 'high',
    expression:
      /\byou\s{1,4}are\s{1,4}now\s{1,4}(?:in\s{1,4})?(?:a\s{1,4}|an\s{1,4}|the\s{1,4})?(?:dan|developer\s{1,4}mode|jailbroken|unrestricted|unfiltered|different\s{1,4}(?:ai|assistant)|new\s{1,4}(?:ai|assistant))\b|\bfrom\s{1,4}now\s{1,4}on,?\s{1,4}you\s{1,4}(?:will|must|shall|are)\b/gi,
    replacement: '[DATA]',
    starts: ['you ', 'from'],
    why: 'changes who the model thinks it is',
  },
  {
    id: 'secrecy-phrase',
    severity: 'high',
    expression:
      /\b(?:do\s{1,4}not|don['’]t|never|without)\s{1,4}(?:tell|telling|inform|informing|mention|mentioning|notify|notifying|alert|alerting|ask|asking)\s{1,4}(?:(?:this|that|it|about|any|of|to)\s{1,4}){0,4}(?:the\s{1,4})?(?:user|human|operator)\b/gi,
    replacement: '[DATA]',
    starts: ['do n', 'do  ', "don'", 'don’', 'neve', 'with'],
    why: 'asks the model to act behind the user’s back',
  },
  {
    id: 'prompt-theft',
    severity: 'high',
    expression:
      /\b(?:reveal|print|output|repeat|show|leak|send|include|append)\s{1,4}(?:me\s{1,4})?(?:(?:all|of|the|your|its|full|entire|whole)\s{1,4}){1,5}(?:system\s{1,4}prompt|hidden\s{1,4}instructions|initial\s{1,4}prompt|chat\s{1,4}history|conversation\s{1,4}history)\b/gi,
    replacement: '[DATA]',
    starts: ['reve', 'prin', 'outp', 'repe', 'show', 'leak', 'send', 'incl', 'appe'],
    why: 'asks for the operator’s instructions or the conversation',
  },
  {
    id: 'image-exfiltration',
    severity: 'medium',
    // Only the mark that makes it an image: what is left is a link that nobody fetches unasked.
    expression: /!(?=\[[^\]\n]{0,100}\]\(\s{0,4}<?(?:https?:)?\/\/[^\s?#)>]{1,200}[?#])/gi,
    replacement: '',
    starts: ['!['],
    why: 'an image whose address carries data is fetched as soon as it is shown',
  },
  {
    id: 'html-fetch',
    severity: 'medium',
    expression:
      /<(?=(?:img|iframe|script|object|embed|link|meta|form)[\s/][^<>]{0,200}(?:src|href|data|action|content)\s{0,4}=)/gi,
    replacement: '&lt;',
    scope: 'text',
    starts: ['<img', '<ifr', '<scr', '<obj', '<emb', '<lin', '<met', '<for'],
    why: 'markup that fetches or runs when a client renders it',
  },
  {
    id: 'script-link',
    severity: 'high',
    expression: /\]\(\s{0,4}<?(?:javascript|vbscript|data):/gi,
    replacement: '](data-removed:',
    starts: [']('],
    why: 'a link that runs code in the client',
  },
]);
