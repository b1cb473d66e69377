import type { ReactNode } from 'react';
import { visible } from './format.ts';
import { Scroll } from './scroll.tsx';

const MAX_SHOWN = 200_000;

/** JSON from an agent or a tool, as text and nothing else; every character that could hide is shown by its code. */
export function Value({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = visible(JSON.stringify(value, null, 2) ?? 'null');
  return (
    <Scroll label={label} className="value">
      <pre>
        {text.length <= MAX_SHOWN
          ? text
          : `${text.slice(0, MAX_SHOWN)}\n… ${text.length - MAX_SHOWN} more characters: use ward approvals show`}
      </pre>
    </Scroll>
  );
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How much of a limit is left, as a bar that says it in words too. */
export function Meter({
  label,
  left,
  of,
  text,
}: {
  readonly label: string;
  readonly left: number;
  readonly of: number;
  readonly text?: string;
}) {
  return (
    <div className="meter">
      <span>{label}</span>
      <meter
        min={0}
        max={of}
        value={left}
        low={of * 0.2}
        high={of * 0.5}
        optimum={of}
        aria-label={`${label}: ${text ?? `${left} of ${of}`} left`}
      />
      <span className="quiet">{text ?? `${left} of ${of}`} left</span>
    </div>
  );
}
