// The browser for the page tests: any Chromium or Chrome that is there; on Debian as root, Debian's.
import { aptInstall } from './apt.mjs';
import { isExecutable, onPath } from './command.mjs';
import { Problem } from './say.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/** Path of a Chromium or Chrome, or null. CHROME_PATH decides when it is set. */
export function findChromium() {
  const chosen = process.env.CHROME_PATH;
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new Problem(`CHROME_PATH names ${chosen}, which is not an executable file: correct it or unset it`);
  }
  return NAMES.map(onPath).find(Boolean) ?? MAC.find(isExecutable) ?? null;
}

export async function ensureChromium() {
  if (findChromium()) return;
  await aptInstall(['chromium'], {
    missing: 'Chromium is missing, the page tests need it',
    otherwise: 'Install Chromium or Chrome (Debian: sudo apt-get install chromium), or set CHROME_PATH, and run this again.',
  });
}
