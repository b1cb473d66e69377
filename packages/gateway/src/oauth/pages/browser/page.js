// What the pages of sign-in and consent share.
import './guard.js';

export const data = JSON.parse(document.getElementById('data').textContent);

/** Shows what went wrong; an empty text hides it. */
export function tell(text) {
  document.getElementById('problem').textContent = text;
}

/** Asks one endpoint of this sign-in. Throws an Error whose message may be shown. */
export async function ask(action, body) {
  const answer = await fetch(`${data.base}/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    cache: 'no-store',
    redirect: 'error',
  });
  const result = await answer.json();
  if (answer.ok) return result;
  if (answer.status === 429) throw new Error('Too many tries. Wait a while, then start again in your program.');
  if (answer.status === 410) throw new Error('This sign-in is over. Start again in your program.');
  throw new Error('The wallet’s answer was not accepted. Try again.');
}

/** Goes where the gateway says; only to this origin, which redirects on by itself. */
export function goTo(location) {
  const url = new URL(location);
  if (url.origin !== window.location.origin) throw new Error('unexpected place');
  window.location.replace(url.href);
}

const stop = document.getElementById('stop');
stop.addEventListener('click', async () => {
  try {
    goTo((await ask('abort', {})).location);
  } catch (error) {
    tell(error.message);
  }
});
// Comes disabled: a press before this script is there would be lost.
stop.disabled = false;
