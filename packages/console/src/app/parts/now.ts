import { useEffect, useState } from 'react';

/** The time, renewed each second: countdowns. */
export function useNow(): number {
  const [now, setNow] = useState(() => performance.timeOrigin + performance.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(performance.timeOrigin + performance.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
