import { formatAmount } from '../amount/amount.ts';
import { formatXrp } from '../amount/drops.ts';
import type { Movement } from '../xrpl/movement.ts';
import type { CheckInput } from './context.ts';
import { type Finding, finding } from './finding.ts';
import { leavesOf, newToday, spendOf } from './spend.ts';

/** Hard limits: what they refuse, nobody may approve. Reserved spending counts as spent. */
export function checkLimits(input: CheckInput): Finding[] {
  const { intent, compiled, usage, context, spend } = input;
  const { limits, amounts, types } = compiled.policy;
  const found: Finding[] = [];
  const transactions = leavesOf(intent).length;
  const hour = usage.hourCount + transactions;
  if (hour > limits.perHour) {
    const figures = {
      limit: limits.perHour,
      actual: hour,
      ...(usage.hourResetsAt !== null && { retryAt: usage.hourResetsAt }),
    };
    found.push(finding(4, 'HOURLY_LIMIT', `more than ${limits.perHour} transactions in an hour`, figures));
  }
  const nextDay = { retryAt: usage.dayResetsAt };
  const day = usage.dayCount + transactions;
  if (day > limits.perDay) {
    const message = `more than ${limits.perDay} transactions in a day`;
    found.push(finding(4, 'DAILY_LIMIT', message, { limit: limits.perDay, actual: day, ...nextDay }));
  }
  const { autonomous, delayed, cosign } = usage.dayVolume;
  const volume = autonomous + delayed + cosign + spend.drops + intent.fee;
  if (volume > limits.volumePerDay) {
    const message = `more than ${formatXrp(limits.volumePerDay)} in a day`;
    found.push(finding(4, 'DAILY_VOLUME_LIMIT', message, { limit: limits.volumePerDay, actual: volume, ...nextDay }));
  }
  const added = newToday(input.recipients, usage);
  const destinations = usage.dayDestinations.size + added;
  if (destinations > limits.destinationsPerDay && added > 0) {
    const message = `more than ${limits.destinationsPerDay} destinations in a day`;
    const figures = { limit: limits.destinationsPerDay, actual: destinations, ...nextDay };
    found.push(finding(4, 'DESTINATION_COUNT_LIMIT', message, figures));
  }
  const { cooldown } = limits;
  const last = cooldown === null ? null : usage.lastSpendOver(cooldown.threshold);
  if (cooldown !== null && last !== null && context.now < last + cooldown.seconds * 1_000) {
    const retryAt = last + cooldown.seconds * 1_000;
    const message = `a pause of ${cooldown.seconds} s after a spend of ${formatXrp(cooldown.threshold)} or more`;
    found.push(finding(4, 'COOLDOWN', message, { limit: cooldown.seconds, retryAt }));
  }
  if (spend.drops > amounts.transactionMax) {
    const message = `more than ${formatXrp(amounts.transactionMax)} in one transaction`;
    found.push(finding(4, 'TRANSACTION_AMOUNT_LIMIT', message, { limit: amounts.transactionMax, actual: spend.drops }));
  }
  for (const leaf of leavesOf(intent)) {
    const most = types.maxAmounts[leaf.type];
    const { drops } = most === undefined ? spend : spendOf(leaf, compiled.rates);
    if (most !== undefined && drops > most) {
      const message = `more than ${formatXrp(most)} in one ${leaf.type}`;
      found.push(finding(4, 'TRANSACTION_TYPE_AMOUNT_LIMIT', message, { limit: most, actual: drops }));
    }
  }
  return found;
}

/** Spending that no number, or no number in drops, stands for. */
export function checkUncounted({ compiled, spend }: CheckInput): Finding[] {
  const { values } = compiled.policy;
  const names = (movements: readonly Movement[]): string =>
    movements.map(({ field, amount }) => (amount === null ? field : formatAmount(amount))).join(', ');
  const found: Finding[] = [];
  if (spend.hidden.length > 0) found.push(finding(4, 'HIDDEN_VALUE', 'the amount is encrypted and cannot be counted'));
  if (spend.unrated.length > 0) {
    const actual = names(spend.unrated);
    found.push(finding(values.unrated, 'UNRATED_VALUE', `the policy has no rate to count ${actual}`, { actual }));
  }
  if (spend.uncounted.length > 0) {
    const actual = names(spend.uncounted);
    found.push(
      finding(values.uncounted, 'UNCOUNTED_VALUE', `the transaction gives no number for ${actual}`, { actual }),
    );
  }
  if (spend.wholeBalance.length > 0) found.push(finding(3, 'WHOLE_BALANCE', 'the whole balance leaves the account'));
  return found;
}

/** The tier that the amount and the day's volume leave open. The fee counts towards volumes, not towards the amount. */
export function checkAmounts({ intent, compiled, usage, spend }: CheckInput): Finding[] {
  const { amounts, tierVolumes } = compiled.policy;
  const found: Finding[] = [];
  const above = (most: bigint): string => `${formatXrp(spend.drops)} is above ${formatXrp(most)}`;
  if (spend.drops > amounts.delayedMax) {
    const figures = { limit: amounts.delayedMax, actual: spend.drops };
    found.push(finding(3, 'ABOVE_DELAYED_AMOUNT', above(amounts.delayedMax), figures));
  } else if (spend.drops > amounts.autonomousMax) {
    const figures = { limit: amounts.autonomousMax, actual: spend.drops };
    found.push(finding(2, 'ABOVE_AUTONOMOUS_AMOUNT', above(amounts.autonomousMax), figures));
  }
  // What costs only its fee may always go on: a cancel or a finish must not need a person because the day was busy.
  if (spend.drops === 0n) return found;
  const autonomous = usage.dayVolume.autonomous + spend.drops + intent.fee;
  if (autonomous > tierVolumes.autonomous) {
    const message = `more than ${formatXrp(tierVolumes.autonomous)} unattended in a day`;
    found.push(finding(2, 'ABOVE_AUTONOMOUS_VOLUME', message, { limit: tierVolumes.autonomous, actual: autonomous }));
  }
  const delayed = autonomous + usage.dayVolume.delayed;
  if (delayed > tierVolumes.delayed) {
    const message = `more than ${formatXrp(tierVolumes.delayed)} without a co-signature in a day`;
    found.push(finding(3, 'ABOVE_DELAYED_VOLUME', message, { limit: tierVolumes.delayed, actual: delayed }));
  }
  return found;
}
