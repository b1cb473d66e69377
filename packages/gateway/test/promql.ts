/** Words of PromQL that stand where a metric could: functions, aggregations, operators and modifiers. */
const WORDS: ReadonlySet<string> = new Set(
  [
    'sum min max avg count quantile topk bottomk stddev group count_values',
    'rate irate increase delta idelta deriv changes resets histogram_quantile clamp_min clamp_max clamp absent time',
    'label_replace label_join sort sort_desc round abs vector scalar max_over_time min_over_time avg_over_time',
    'and or unless by without on ignoring group_left group_right offset bool inf nan',
  ].flatMap((line) => line.split(' ')),
);

export interface Selector {
  readonly metric: string;
  /** Labels that are matched, with the text they are held against. */
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

export interface Reading {
  readonly selectors: readonly Selector[];
  /** Labels that results are grouped or joined by. */
  readonly grouped: readonly string[];
}

/**
 * What a PromQL expression reads: enough of its grammar for ours, and strict: whatever is no known word is taken for the
 * name of a metric, so that a slip of the pen is never passed over.
 */
export function readPromql(expression: string): Reading {
  const grouped: string[] = [];
  const selectors: Selector[] = [];
  let rest = expression.replace(
    /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g,
    (_all, labels) => {
      grouped.push(
        ...String(labels)
          .split(',')
          .map((label) => label.trim())
          .filter((label) => label !== ''),
      );
      return ' ';
    },
  );
  rest = rest.replace(/([a-zA-Z_:][\w:]*)\s*\{((?:[^}"]|"[^"]*")*)\}/g, (_all, metric, inside) => {
    const matchers = [...String(inside).matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map((match) => ({
      label: match[1]!,
      operator: match[2]!,
      value: match[3]!,
    }));
    selectors.push({ metric: String(metric), matchers });
    return ' ';
  });
  rest = rest.replace(/\[[^\]]*\]/g, ' ').replace(/"[^"]*"/g, ' ');
  // Not the letters of a duration or of a number in powers of ten.
  for (const [word] of rest.matchAll(/(?<![\w.$])[a-zA-Z_:][\w:]*/g)) {
    if (!WORDS.has(word)) selectors.push({ metric: word, matchers: [] });
  }
  return { selectors, grouped };
}
