// The page of consent.
import { ask, goTo, tell } from './page.js';

const allow = document.getElementById('allow');

allow.addEventListener('click', async () => {
  const scopes = [...document.querySelectorAll('input[name=scope]:checked')].map((box) => box.value);
  if (scopes.length === 0) {
    tell('Nothing is selected. Select something, or choose “Do not allow”.');
    return;
  }
  allow.disabled = true;
  try {
    goTo((await ask('consent', { scopes })).location);
  } catch (error) {
    allow.disabled = false;
    tell(error.message);
  }
});
// Comes disabled: a press before this script is there would be lost.
allow.disabled = false;
