// The demo: an account with one provider, made through the admin API as anybody would make them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeys } from '../idp/keys.mjs';
import { DemoIdp, ENTITY_ID } from '../idp/server.mjs';
import { Problem } from '../setup/say.mjs';
import { writeSecret } from './settings.mjs';

export const ACCOUNT = 'demo';

/** Starts the demo identity provider and makes sure that Postern knows it. Resolves to `{ idp, provider, scim }`. */
export async function startDemo({ origin, token, port, state }) {
  const idp = new DemoIdp({ port, keys: await keptKeys(join(state, 'demo-idp-keys.json')) });
  await idp.start();
  try {
    const admin = new Admin(origin, token);
    const provider = await ensureProvider(admin, idp);
    idp.trust(provider.sp);
    const base = `/scim/v2/${ACCOUNT}`;
    const scim = { base, token: await ensureScimToken(admin, origin + base, join(state, 'demo-scim-token')) };
    return { idp, provider, scim };
  } catch (error) {
    await idp.stop();
    throw error;
  }
}

/** The key pair is kept, so that the provider made at the first start trusts it at the next. */
async function keptKeys(file) {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const keys = await makeKeys();
  writeSecret(file, JSON.stringify(keys));
  return keys;
}

async function ensureProvider(admin, idp) {
  await admin.call('POST', '/accounts', { id: ACCOUNT, name: 'Demo' }, { accept: [201, 409] });
  const providers = `/accounts/${ACCOUNT}/providers`;
  const { items } = await admin.call('GET', `${providers}?limit=200`);
  const known = items.find(({ entityId }) => entityId === ENTITY_ID);
  if (!known) {
    return admin.call('POST', providers, {
      name: 'Demo identity provider',
      kind: 'other',
      metadataXml: idp.metadata,
      jit: { enabled: true, validationKey: 'department', validationValue: 'engineering' },
    });
  }
  // Only what moves with PORT or with the state folder is brought up to date; the rest may have been edited on purpose.
  const ssoUrl = `${idp.origin}/sso`;
  const current = known.ssoUrl === ssoUrl && known.certificates.some(({ fingerprint }) => fingerprint === idp.fingerprint);
  if (current) return known;
  return admin.call('PATCH', `${providers}/${known.id}`, { metadataXml: idp.metadata }, { ifMatch: known.version });
}

/** A token is shown once: it is kept as long as it is good. Then another is made, for the same service account. */
async function ensureScimToken(admin, base, file) {
  if (existsSync(file)) {
    const token = readFileSync(file, 'utf8').trim();
    const { status } = await fetch(`${base}/Users?count=0`, { headers: { authorization: `Bearer ${token}` } });
    if (status === 200) return token;
  }
  const of = (path) => `/accounts/${ACCOUNT}/${path}`;
  const named = async (path, name) => (await admin.call('GET', of(`${path}?limit=200`))).items.find((item) => item.name === name);
  const ensure = async (path, body) => (await named(path, body.name)) ?? admin.call('POST', of(path), body);
  const client = await ensure('service-accounts', { name: 'Demo SCIM client', roles: ['Provisioner'] });
  const key = await ensure('api-keys', { name: 'Demo SCIM client', owner: { type: 'serviceAccount', id: client.id } });
  const { token } = await admin.call('POST', of(`api-keys/${key.id}/tokens`), { name: 'npm start' });
  writeSecret(file, token);
  return token;
}

/** The admin API with the set-up token. */
class Admin {
  constructor(origin, token) {
    this.base = `${origin}/api/v1`;
    this.token = token;
  }

  async call(method, path, json, { accept = [200, 201], ifMatch } = {}) {
    const headers = { authorization: `Bearer ${this.token}` };
    if (json) headers['content-type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    if (ifMatch !== undefined) headers['if-match'] = `"${ifMatch}"`;
    const response = await fetch(this.base + path, { method, headers, body: json && JSON.stringify(json) });
    const text = await response.text();
    if (accept.includes(response.status)) return text ? JSON.parse(text) : null;
    throw new Problem(`The demo could not be set up: ${method} ${path} answered ${response.status} ${text.slice(0, 300)}`);
  }
}
