// `npm start` as a new user meets it: the demo's two sign-ins in Chromium, a second start, and its end.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root } from '../../dev/setup/command.mjs';
import { browser } from '../page/support/page.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'postern-start-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Listens on `port` of this machine; rejects when something else does. */
function listen(port) {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

const close = (server) => new Promise((resolve) => server.close(resolve));

/** A port that is free, and the one after it too. */
async function freePair() {
  const first = await listen(0);
  const { port } = first.address();
  const second = await listen(port + 1).catch(() => null);
  await close(first);
  if (!second) return freePair();
  await close(second);
  return port;
}

/** dev/start.mjs under way: `output` so far, `ready` with its links, `ended` with its exit code. */
function start(env) {
  const child = spawn(process.execPath, ['dev/start.mjs'], { cwd: root, env: { ...process.env, SETUP_TOKEN: '', POSTERN_DEMO: '', ...env } });
  const run = { child, output: '' };
  run.ended = new Promise((resolve) => child.on('close', resolve));
  run.ready = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        run.output += text;
        if (run.output.includes('Ctrl-C ends everything')) resolve(Object.fromEntries([...run.output.matchAll(/^ {2}(\S.*?) {2,}(http\S+)$/gm)].map(([, name, url]) => [name, url])));
      });
    }
    run.ended.then((code) => reject(new Error(`start ended with ${code}: ${run.output}`)));
  });
  run.ready.catch(() => {});
  return run;
}

async function stop(run) {
  run.child.kill('SIGTERM');
  return run.ended;
}

const scimToken = (output) => output.match(/^ {4}with the token +(pst_\S+)$/m)[1];

describe('npm start', () => {
  const open = browser();
  let port;
  let run;
  let links;
  const state = { POSTERN_STATE: join(scratch, 'state') };
  const whoami = async (page) => {
    const response = await page.request.get(links['Who is signed in']);
    return { status: response.status(), ...(await response.json()) };
  };
  /** Chooses somebody at the identity provider by keyboard, as it is focused already. */
  const choose = async (page, name) => {
    await page.getByRole('radio', { name, exact: true }).focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    await page.waitForURL(`http://localhost:${port}/**`);
  };
  const ada = 'Ada Lovelace ada@example.com';
  const adaAgain = 'Ada Lovelace, written differently Ada@Example.com';

  before(async () => {
    port = await freePair();
    run = start({ PORT: String(port), ...state });
    links = await run.ready;
  });
  after(() => stop(run));

  test('prints what to click', () => {
    assert.deepEqual(Object.keys(links), ['Sign in, from the identity provider', 'Sign in, from Postern', 'Who is signed in', 'SCIM base', 'Admin page']);
    assert.match(links['Admin page'], new RegExp(`^http://localhost:${port}/admin/#token=.{16,}$`));
  });

  test('the identity provider signs Ada in, and she is created just in time', async (t) => {
    const page = await open(t);
    await page.goto(links['Sign in, from the identity provider']);
    await choose(page, ada);
    const { status, user } = await whoami(page);
    assert.equal(status, 200);
    assert.equal(user.email, 'ada@example.com');
    assert.equal(user.managedBy, 'jit');
    assert.deepEqual(page.troubles, []);
  });

  test('Postern asks the identity provider, and brings Grace to where she wanted to go', async (t) => {
    const page = await open(t);
    const login = new URL(links['Sign in, from Postern']);
    login.searchParams.set('return_to', '/whoami?from=login');
    await page.goto(login.href);
    await page.getByText('asks who you are').waitFor();
    await choose(page, 'Grace Hopper grace@example.com');
    await page.waitForURL(`http://localhost:${port}/whoami?from=login`);
    assert.equal((await whoami(page)).user.email, 'grace@example.com');
  });

  test('Ben, who lacks the attribute, is refused', async (t) => {
    const page = await open(t);
    await page.goto(links['Sign in, from the identity provider']);
    await choose(page, 'Ben Bitdiddle ben@example.com');
    await page.getByRole('heading', { name: 'Sign-in failed' }).waitFor();
    assert.equal((await whoami(page)).status, 401);
  });

  test('a SCIM client is let in with the token that was printed', async () => {
    const token = scimToken(run.output);
    const answer = await fetch(`${links['SCIM base']}/Users?filter=${encodeURIComponent('userName eq "ada@example.com"')}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(answer.status, 200);
    assert.equal((await answer.json()).totalResults, 1);
  });

  test('capital letters in an e-mail make no second user', async (t) => {
    const page = await open(t);
    await page.goto(links['Sign in, from the identity provider']);
    await choose(page, adaAgain);
    assert.equal((await whoami(page)).user.email, 'ada@example.com');
  });

  test('a second start finds everything again, on other ports too', async (t) => {
    assert.equal(await stop(run), 0, run.output);
    const scim = scimToken(run.output);
    for (const used of [port, port + 1]) await close(await listen(used));
    const token = new URL(links['Admin page']).hash;
    port = await freePair();
    run = start({ PORT: String(port), ...state });
    links = await run.ready;
    assert.equal(new URL(links['Admin page']).hash, token);
    assert.equal(scimToken(run.output), scim);
    assert.doesNotMatch(run.output, /Applied migration/);
    const page = await open(t);
    await page.goto(links['Sign in, from Postern']);
    await choose(page, ada);
    assert.equal((await whoami(page)).user.email, 'ada@example.com');
  });
});

test('POSTERN_DEMO=0 starts the worker alone', async () => {
  const port = await freePair();
  const token = 'a-token-from-the-environment';
  const run = start({ PORT: String(port), POSTERN_DEMO: '0', SETUP_TOKEN: token, POSTERN_STATE: join(scratch, 'alone') });
  try {
    const links = await run.ready;
    assert.deepEqual(Object.keys(links), ['Admin page']);
    const answer = await fetch(`http://localhost:${port}/api/v1/accounts`, { headers: { authorization: `Bearer ${token}` } });
    assert.deepEqual((await answer.json()).items, []);
    await close(await listen(port + 1));
  } finally {
    assert.equal(await stop(run), 0);
  }
});

const mistakes = {
  'a port that is in use': { env: (port) => ({ PORT: String(port) }), says: /^✗ Port \d+ \(Postern\) is in use: .*PORT=\d+ npm start\n$/ },
  'a port that is none': { env: () => ({ PORT: 'web' }), says: /^✗ PORT is web: give a number/ },
  'a token that is too short': { env: () => ({ SETUP_TOKEN: 'short' }), says: /^✗ SETUP_TOKEN \(from the environment\) is too short/ },
};
for (const [name, { env, says }] of Object.entries(mistakes)) {
  test(`${name} is told in one line`, async () => {
    const taken = await listen(0);
    try {
      const run = start({ ...env(taken.address().port), POSTERN_STATE: join(scratch, 'mistakes') });
      assert.equal(await run.ended, 1);
      assert.match(run.output, says);
      assert.equal(run.output.trim().split('\n').length, 1, run.output);
    } finally {
      await close(taken);
    }
  });
}
