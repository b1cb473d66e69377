import { memo, type ReactNode } from 'react';
import { visible } from './format.ts';
import { Scroll } from './scroll.tsx';

/** Characters of a value that the page shows; it would not scroll through more. */
const MAX_SHOWN = 200_000;
/** From here on it does not fit the box, and its length is said. */
const LONG = 1_000;

/** JSON from an agent or a tool as a person reads it: every character that could hide is shown by its code. */
function textOf(value: unknown): string {
  return visible(JSON.stringify(value, null, 2) ?? 'null');
}

/** Whether {@link Value} shows all of a value: nobody approves what they cannot see. */
export function isShownWhole(value: unknown): boolean {
  return textOf(value).length <= MAX_SHOWN;
}

/** JSON from an agent or a tool, as text and nothing else. */
export const Value = memo(function Value({ value, label }: { readonly value: unknown; readonly label: string }) {
  const text = textOf(value);
  const length = text.length.toLocaleString();
  return (
    <>
      {text.length > LONG && <p className="quiet">{length} characters: scroll to the end</p>}
      <Scroll label={label} className="value">
        <pre>
          {text.length <= MAX_SHOWN
            ? text
            : `${text.slice(0, MAX_SHOWN)}\n… ${text.length - MAX_SHOWN} more characters: use ward approvals show`}
        </pre>
      </Scroll>
    </>
  );
});

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
