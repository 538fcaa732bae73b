// A Postern of its own for a test file, with an identity provider at hand.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before } from 'node:test';
import { makeKeys } from '../../../dev/idp/keys.mjs';
import { metadataXml, signWithSamlify } from '../../../dev/idp/samlify.mjs';
import { SETUP_TOKEN, startPostern } from '../../e2e/support/postern.mjs';

let serial = 0;

export class Installation {
  token = SETUP_TOKEN;

  /** With a `prefix` such as `/gratis` this Postern answers below that path only. */
  async start({ prefix = '' }) {
    const port = await freePort();
    this.base = `http://localhost:${port}${prefix}`;
    const options = { shared: { port }, vars: prefix ? { PUBLIC_URL: this.base } : {} };
    [this.keys, this.postern] = await Promise.all([makeKeys(), startPostern(options)]);
  }

  /** The address of the admin page. */
  get admin() {
    return `${this.base}/admin/`;
  }

  /** The link that `npm start` prints. */
  get setUpLink() {
    return `${this.admin}#token=${encodeURIComponent(this.token)}`;
  }

  api(method, path, body, options) {
    return this.postern.admin(method, `/${path}`, body, options);
  }

  async items(path) {
    return (await this.api('GET', path)).body.items;
  }

  unusedName(word) {
    serial += 1;
    return `${word}-${serial}`;
  }

  /** The id of a new, empty account, so that tests of one file do not meet. */
  async newAccount() {
    const id = this.unusedName('account');
    assert.equal((await this.api('POST', 'accounts', { id, name: `The ${id}` })).status, 201);
    return id;
  }

  /** Metadata of an IdP that no provider has yet. */
  metadata(entityId = `https://idp.example.com/${this.unusedName('app')}`) {
    return metadataXml({ entityId, ssoUrl: 'https://idp.example.com/sso', certificates: [this.keys.certificate] });
  }

  async newProvider(account, settings) {
    const { status, body } = await this.api('POST', `accounts/${account}/providers`, {
      metadataXml: this.metadata(),
      ...settings,
    });
    assert.equal(status, 201, JSON.stringify(body));
    return body;
  }

  /** A signed response for `provider`, base64. */
  response({ entityId, sp }, { email, attributes }) {
    return signWithSamlify(this.keys, {
      issuer: entityId,
      audience: sp.entityId,
      recipient: sp.acsUrl,
      nameId: email,
      attributes,
    });
  }

  async signIn(provider, person) {
    return this.postern.postResponse(provider.sp.acsUrl, { samlResponse: await this.response(provider, person) });
  }
}

/** A port has to be known beforehand, since PUBLIC_URL names it. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** Starts before the tests of a file and ends after them. */
export function installation(options = {}) {
  const site = new Installation();
  before(() => site.start(options));
  after(() => site.postern?.dispose());
  return site;
}
