// Mail, by the platform's own binding: who is invited gets the link, and nobody else gets anything.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Log, LogLevel } from 'miniflare';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { startPostern } from './support/postern.mjs';

/** Miniflare sends nothing: it logs whom a mail would go to, and the file that has its text. */
class Outbox extends Log {
  written = [];

  logWithLevel(level, message) {
    if (message.includes('send_email binding called')) this.written.push(message.replace(/\x1b\[[0-9;]*m/g, ''));
  }

  /** `{ from, to, subject, text }` of the next mail. */
  async next() {
    for (let tries = 0; this.written.length === 0 && tries < 100; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    const message = this.written.shift();
    assert.ok(message, 'nothing was mailed');
    const field = (name) => message.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1];
    return { from: field('From'), to: field('To'), subject: field('Subject'), text: readFileSync(field('Text'), 'utf8') };
  }
}

const worker = { email: { send_email: [{ name: 'EMAIL' }] } };
let keys;
before(async () => {
  keys = await makeKeys();
});

describe('[000] invitations are mailed', () => {
  const outbox = new Outbox(LogLevel.INFO);
  let postern;
  let account;

  before(async () => {
    postern = await startPostern({ vars: { EMAIL_FROM: 'sso@example.com' }, worker, shared: { log: outbox } });
  });
  after(() => postern?.dispose());
  beforeEach(async () => {
    account = await TestAccount.withProvider(postern, keys, { jit: { enabled: false } });
  });

  test('to the one who is invited, who signs in after opening the link', async () => {
    const { link, mailed } = await account.expect(201, 'POST', '/invitations', { email: 'Ada@example.com' });
    assert.equal(mailed, true);
    const { from, to, subject, text } = await outbox.next();
    assert.deepEqual([from, to, subject], ['sso@example.com', 'Ada@example.com', `You are invited to ${account.id}`]);
    assert.equal(text.match(/^https?:.*$/m)[0], link);
    const page = await postern.fetch(new URL(link).pathname);
    assert.match(await page.text(), /You are invited/);
    await account.signIn('ada@example.com');
  });

  test('and nobody is mailed who comes in just in time, by hand, or not at all', async () => {
    await account.change(account.provider, { jit: { enabled: true, validationKey: 'department', validationValue: 'engineering' } });
    await account.signIn({ nameId: 'ada@example.com', attributes: { department: 'engineering' } });
    await account.refusedSignIn('jit_validation_failed', 'eve@example.com');
    await account.expect(201, 'POST', '/users', { email: 'grace@example.com' });
    // A mail that was under way would be there before this one.
    await account.expect(201, 'POST', '/invitations', { email: 'last@example.com' });
    assert.equal((await outbox.next()).to, 'last@example.com');
    assert.deepEqual(outbox.written, []);
  });
});

test('[000] an invitation is made where the mail is not taken, and the answer says that it was not mailed', async () => {
  for (const [EMAIL_FROM, restriction] of [['', {}], ['sso@example.com', { allowed_sender_addresses: ['another@example.com'] }]]) {
    const outbox = new Outbox(LogLevel.INFO);
    const errors = [];
    const binding = { email: { send_email: [{ name: 'EMAIL', ...restriction }] } };
    const postern = await startPostern({ vars: { EMAIL_FROM }, worker: binding, shared: { log: outbox, handleStructuredLogs: ({ message }) => errors.push(message) } });
    try {
      const account = await TestAccount.withProvider(postern, keys, { jit: { enabled: false } });
      const { link, mailed } = await account.expect(201, 'POST', '/invitations', { email: 'ada@example.com' });
      assert.equal(mailed, false, EMAIL_FROM);
      assert.equal((await postern.fetch(new URL(link).pathname)).status, 200);
      assert.match(errors.join('\n'), /an invitation was made and not mailed: /);
    } finally {
      await postern.dispose();
    }
  }
});
