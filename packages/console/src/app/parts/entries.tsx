import type { ActivityEntry } from '@wardmesh/api';
import { memo } from 'react';
import { linkTo } from '../route.ts';
import { visible, when } from './format.ts';

const RESULT_WORDS = {
  success: 'ok',
  failure: 'failed',
  denied: 'denied',
  unknown: 'unknown',
  pending: 'pending',
} as const;

/** Entries of the log as a table; on a phone each row becomes a card. */
export const Entries = memo(function Entries({
  entries,
  caption,
}: {
  readonly entries: readonly ActivityEntry[];
  readonly caption: string;
}) {
  return (
    <table className="entries">
      <caption className="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">What</th>
          <th scope="col">Who</th>
          <th scope="col">Result</th>
          <th scope="col">Decision</th>
          <th scope="col">Receipt</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.sequence}>
            <td data-label="Time">
              <time dateTime={entry.timestamp}>{when(entry.timestamp)}</time>
            </td>
            <td data-label="What">
              {visible(entry.tool)} <span className="quiet">{entry.eventType}</span>
            </td>
            <td data-label="Who">{visible(entry.actor ?? '–')}</td>
            <td data-label="Result">
              <span className={`state ${entry.result}`}>{RESULT_WORDS[entry.result]}</span>
              {entry.errorCode !== null && <code> {visible(entry.errorCode)}</code>}
            </td>
            <td data-label="Decision">
              {entry.decision ?? '–'}
              {entry.rules.length > 0 && <span className="quiet"> {visible(entry.rules.join(', '))}</span>}
            </td>
            <td data-label="Receipt">
              {entry.hasReceipt ? <a href={linkTo('receipts', entry.id)}>{entry.id.slice(0, 8)}</a> : '–'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
});
