import { compareDecimals, type Decimal, decimal, parseDecimal } from '../amount/decimal.ts';
import { WalletError } from '../error.ts';
import { Pattern } from '../pattern/pattern.ts';
import type { WalletPolicy } from './model.ts';
import type { Condition, RuleField, RuleOperator, RuleValue } from './rule.ts';
import type { RuleFacts } from './rule-facts.ts';

export type Predicate = (facts: RuleFacts) => boolean;
type Lists = Pick<WalletPolicy, 'destinations' | 'memos'>;

const TEXT_FIELDS: Partial<Record<RuleField, (facts: RuleFacts) => readonly string[]>> = {
  destination: ({ destination }) => (destination === null ? [] : [destination]),
  transaction_type: ({ type }) => [type],
  transaction_category: ({ category }) => [category],
  memo: ({ memos }) => memos,
  memo_type: ({ memoTypes }) => memoTypes,
  currency: ({ currencies }) => currencies,
  issuer: ({ issuers }) => issuers,
};

/** A number of a transaction; `absent` where it has none, `unbounded` where it is above every number. */
type Quantity = Decimal | 'absent' | 'unbounded';
const count = (value: number | null): Quantity => (value === null ? 'absent' : decimal(BigInt(value)));
const NUMBER_FIELDS: Partial<Record<RuleField, (facts: RuleFacts) => Quantity>> = {
  amount_drops: ({ amount }) => (amount === null ? 'unbounded' : decimal(amount)),
  amount_xrp: ({ amount }) => (amount === null ? 'unbounded' : decimal(amount, -6)),
  fee_drops: ({ fee }) => decimal(fee),
  destination_tag: ({ destinationTag }) => count(destinationTag),
  source_tag: ({ sourceTag }) => count(sourceTag),
  daily_volume_xrp: ({ dayVolume }) => decimal(dayVolume, -6),
  hourly_count: ({ hourCount }) => count(hourCount),
};

/**
 * Turns a condition into a predicate. What a transaction lacks equals nothing and is in no list. A field of several
 * values (memos, currencies) satisfies a test where any of them does; `!=` and `not_in` hold where none is there.
 * @throws WalletError INVALID_POLICY or INVALID_PATTERN where operator, field and value do not fit: at load, not later
 */
export function compileCondition(condition: Condition, lists: Lists): Predicate {
  if ('always' in condition) return () => true;
  if ('and' in condition) {
    const parts = condition.and.map((part) => compileCondition(part, lists));
    return (facts) => parts.every((part) => part(facts));
  }
  if ('or' in condition) {
    const parts = condition.or.map((part) => compileCondition(part, lists));
    return (facts) => parts.some((part) => part(facts));
  }
  if ('not' in condition) {
    const part = compileCondition(condition.not, lists);
    return (facts) => !part(facts);
  }
  const { field, operator, value } = condition;
  if (field === 'is_new_destination') return compileBoolean(operator, value);
  const text = TEXT_FIELDS[field];
  if (text !== undefined) return compileText(field, text, operator, value, lists);
  const number = NUMBER_FIELDS[field];
  if (number !== undefined) return compileNumber(field, number, operator, value, lists);
  return misfit(field, operator);
}

function misfit(field: RuleField, operator: RuleOperator): never {
  throw new WalletError('INVALID_POLICY', `${operator} does not fit ${field} and the value given`);
}

function compileBoolean(operator: RuleOperator, value: RuleValue): Predicate {
  if (!('boolean' in value) || (operator !== '==' && operator !== '!=')) return misfit('is_new_destination', operator);
  const wanted = operator === '==' ? value.boolean : !value.boolean;
  return ({ isNewDestination }) => isNewDestination === wanted;
}

function compileText(
  field: RuleField,
  read: (facts: RuleFacts) => readonly string[],
  operator: RuleOperator,
  value: RuleValue,
  lists: Lists,
): Predicate {
  const any =
    (test: (text: string) => boolean): Predicate =>
    (facts) =>
      read(facts).some(test);
  const none =
    (test: (text: string) => boolean): Predicate =>
    (facts) =>
      !read(facts).some(test);
  if (operator === 'in' || operator === 'not_in') {
    const member = textMember(field, operator, value, lists);
    return operator === 'in' ? any(member) : none(member);
  }
  if (!('text' in value)) return misfit(field, operator);
  const { text } = value;
  switch (operator) {
    case '==':
      return any((given) => given === text);
    case '!=':
      return none((given) => given === text);
    case 'contains':
      return any((given) => given.includes(text));
    case 'starts_with':
      return any((given) => given.startsWith(text));
    case 'ends_with':
      return any((given) => given.endsWith(text));
    case 'matches': {
      const pattern = Pattern.compile(text);
      if (!pattern.ok) throw pattern.error;
      return any((given) => pattern.value.test(given));
    }
    case 'in_category':
      if (field !== 'transaction_type' && field !== 'transaction_category') return misfit(field, operator);
      return ({ category }) => category === text;
    default:
      return misfit(field, operator);
  }
}

function textMember(
  field: RuleField,
  operator: RuleOperator,
  value: RuleValue,
  lists: Lists,
): (text: string) => boolean {
  if ('list' in value) {
    const members = new Set(value.list);
    return (text) => members.has(text);
  }
  if (!('ref' in value)) return misfit(field, operator);
  switch (value.ref) {
    case 'allowlist.addresses':
    case 'blocklist.addresses': {
      const addresses: readonly string[] = value.ref.startsWith('allow')
        ? lists.destinations.allow
        : lists.destinations.block;
      const members = new Set(addresses);
      return (text) => members.has(text);
    }
    case 'blocklist.memo_patterns': {
      const patterns = compilePatterns(lists.memos.patterns);
      return (text) => patterns.some((pattern) => pattern.test(text));
    }
    default:
      return misfit(field, operator);
  }
}

/** Memo patterns, letter case ignored. @throws WalletError INVALID_PATTERN */
export function compilePatterns(sources: readonly string[]): readonly Pattern[] {
  return sources.map((source) => {
    const pattern = Pattern.compile(source, { caseInsensitive: true });
    if (!pattern.ok) throw pattern.error;
    return pattern.value;
  });
}

function compileNumber(
  field: RuleField,
  read: (facts: RuleFacts) => Quantity,
  operator: RuleOperator,
  value: RuleValue,
  lists: Lists,
): Predicate {
  if (operator === 'in' || operator === 'not_in') {
    const members = numberMembers(field, operator, value, lists);
    const isIn: Predicate = (facts) => {
      const quantity = read(facts);
      return typeof quantity !== 'string' && members.some((member) => compareDecimals(quantity, member) === 0);
    };
    return operator === 'in' ? isIn : (facts) => !isIn(facts);
  }
  if (!('number' in value)) return misfit(field, operator);
  const bound = toDecimal(value.number);
  const holds = COMPARISONS[operator];
  if (holds === undefined) return misfit(field, operator);
  return (facts) => {
    const quantity = read(facts);
    if (quantity === 'absent') return operator === '!=';
    return holds(quantity === 'unbounded' ? 1 : compareDecimals(quantity, bound));
  };
}

const COMPARISONS: Partial<Record<RuleOperator, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
};

function numberMembers(field: RuleField, operator: RuleOperator, value: RuleValue, lists: Lists): readonly Decimal[] {
  if ('list' in value) return value.list.map(toDecimal);
  const isTags = 'ref' in value && value.ref === 'allowlist.trusted_tags';
  if (!isTags || (field !== 'destination_tag' && field !== 'source_tag')) return misfit(field, operator);
  return lists.destinations.trustedTags.map((tag) => decimal(BigInt(tag)));
}

function toDecimal(text: string): Decimal {
  const parsed = parseDecimal(text);
  if (!parsed.ok) throw new WalletError('INVALID_POLICY', `not a number: ${text}`);
  return parsed.value;
}
