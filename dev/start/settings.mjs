// What `npm start` takes from the environment, .dev.vars and its state folder.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { root } from '../setup/command.mjs';
import { Problem } from '../setup/say.mjs';

/** Shorter ones are ignored by the worker. */
const SHORTEST_TOKEN = 16;

/** `{ port, state, vars, demo, tokenFrom }`: `vars` are the worker's, SETUP_TOKEN among them. */
export function readSettings(env = process.env) {
  const port = Number(env.PORT || 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65_534) throw new Problem(`PORT is ${env.PORT}: give a number from 1 to 65534`);
  const state = resolve(root, env.POSTERN_STATE || join('.wrangler', 'state'));
  mkdirSync(state, { recursive: true });

  const file = join(root, '.dev.vars');
  const vars = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  if (env.PUBLIC_URL) vars.PUBLIC_URL = env.PUBLIC_URL;
  const tokenFrom = env.SETUP_TOKEN ? 'the environment' : vars.SETUP_TOKEN ? '.dev.vars' : 'the state folder';
  vars.SETUP_TOKEN = env.SETUP_TOKEN || vars.SETUP_TOKEN || kept(join(state, 'setup-token'), () => randomBytes(24).toString('base64url'));
  if (vars.SETUP_TOKEN.length < SHORTEST_TOKEN) {
    throw new Problem(`SETUP_TOKEN (from ${tokenFrom}) is too short: give at least ${SHORTEST_TOKEN} characters`);
  }
  // Kept: the private keys in the state folder's database can be unwrapped with this one only.
  vars.MASTER_KEY = env.MASTER_KEY || vars.MASTER_KEY || kept(join(state, 'master-key'), () => randomBytes(32).toString('base64'));
  return { port, state, vars, demo: env.POSTERN_DEMO !== '0', tokenFrom };
}

/** Made once, so that the link of the last start still works. */
function kept(file, make) {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const secret = make();
  writeSecret(file, secret);
  return secret;
}

/** A file that only this user can read. */
export function writeSecret(file, text) {
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
}
