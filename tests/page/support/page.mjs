// One browser a test file, one clean profile a test, and what every page test asks of a page.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { findChromium } from '../../../dev/setup/chromium.mjs';

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Returns `open(options)`, which makes a page that records what went wrong in it as `page.troubles`. */
export function browser() {
  let launched;
  before(async () => {
    launched = await chromium.launch({ executablePath: findChromium() ?? undefined, args });
  });
  after(() => launched?.close());

  return async function open(test, { width = 1000, colorScheme = 'light', javaScriptEnabled = true } = {}) {
    const context = await launched.newContext({ viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce', javaScriptEnabled });
    test.after(() => context.close());
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.troubles = [];
    page.on('pageerror', (error) => page.troubles.push(`error: ${error.message}`));
    await page.exposeFunction('reportViolation', (text) => page.troubles.push(text));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        window.reportViolation(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
      });
    });
    return page;
  };
}

/** The view has been drawn when its heading is there and nothing is being loaded. */
export async function atHeading(page, text) {
  await page.getByRole('heading', { level: 1, name: text, exact: typeof text === 'string' }).waitFor();
}

/** What must hold on every view, at any time. */
export async function assertSound(page, where) {
  assert.deepEqual(page.troubles, [], `${where}: no error and nothing that the policy forbids`);
  const found = await page.evaluate(() => {
    const visible = (element) => element.checkVisibility();
    const said = (element) => (element.getAttribute('aria-label') || element.textContent).trim();
    const controls = [...document.querySelectorAll('input, select, textarea')].filter(visible);
    const described = [...document.querySelectorAll('[aria-describedby], [aria-labelledby]')];
    return {
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      unlabelled: controls
        .filter((control) => ![...control.labels].some((label) => visible(label) && said(label)))
        .map((control) => control.outerHTML),
      unnamed: [...document.querySelectorAll('a, button, summary')]
        .filter((element) => visible(element) && !said(element))
        .map((element) => element.outerHTML),
      dangling: described
        .flatMap((element) =>
          `${element.getAttribute('aria-describedby') ?? ''} ${element.getAttribute('aria-labelledby') ?? ''}`
            .trim()
            .split(/\s+/),
        )
        .filter((id) => !document.getElementById(id)),
      twice: [...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, index, all) => all.indexOf(id) !== index),
      headings: document.querySelectorAll('h1').length,
      title: document.title,
    };
  });
  assert.ok(found.overflow <= 0, `${where}: scrolls sideways by ${found.overflow} pixels`);
  assert.deepEqual(found.unlabelled, [], `${where}: every control has a visible label`);
  assert.deepEqual(found.unnamed, [], `${where}: every link and button says what it does`);
  assert.deepEqual(found.dangling, [], `${where}: descriptions refer to what is there`);
  assert.deepEqual(found.twice, [], `${where}: ids are unique`);
  assert.equal(found.headings, 1, `${where}: one main heading`);
  assert.match(found.title, /Postern$/, `${where}: the title`);
}

/** Goes on with Tab until the focus is on what is called `name`, as somebody without a mouse does. */
export async function tabTo(page, name) {
  const passed = [];
  for (let count = 0; count < 60; count += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return element.labels?.[0]?.textContent ?? element.textContent;
    });
    if (focused.trim() === name) return;
    passed.push(focused.trim());
  }
  assert.fail(`Tab never came to “${name}”, but to ${passed.join(' · ')}`);
}

/** The texts that a screen reader adds to the control with this label. */
export async function descriptionOf(control) {
  return control.evaluate((element) =>
    (element.getAttribute('aria-describedby') ?? '')
      .split(' ')
      .filter(Boolean)
      .map((id) => document.getElementById(id).textContent)
      .join(' '),
  );
}

/** Drops a file on `target`, as the browser reports it when it comes from the desktop. */
export async function dropFile(page, target, { name, text }) {
  const transfer = await page.evaluateHandle(
    ({ name: fileName, text: content }) => {
      const data = new DataTransfer();
      data.items.add(new File([content], fileName, { type: 'text/xml' }));
      return data;
    },
    { name, text },
  );
  await target.dispatchEvent('dragover', { dataTransfer: transfer });
  await target.dispatchEvent('drop', { dataTransfer: transfer });
}
