// An account that every identity provider of dev/corpus/identity-providers can sign in to, each with its own layout.
import assert from 'node:assert/strict';
import { identityProviders, write } from '../../../dev/corpus/identity-providers/index.mjs';
import { keys } from '../../../dev/corpus/keys.mjs';
import { TestAccount } from './account.mjs';
import { cookiesOf } from './postern.mjs';

const SECONDS = 1000;
/** The certificate beside the one that signs: it stands first in the metadata. */
const OTHER_KEY = 'idp-next';
const lastGroup = 'R&D <“x”>';

/** `{ privateKey, certificate }` of a key of the corpus, both PEM. */
export function pemKeys(name) {
  const { privateKey, certificate } = keys(name);
  return { privateKey, certificate: `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n` };
}

/** The times of a response that is made at `now`, as `write()` takes them. */
function times(now) {
  const at = (offset) => new Date(now + offset * SECONDS).toISOString().replace(/\.\d{3}Z$/, 'Z');
  return { begin: at(-60), now: at(0), end: at(300), sessionEnd: at(8 * 3600) };
}

/** A text with what XML has a use for, characters outside ASCII, and one outside the basic plane. */
function somebody(number) {
  return {
    email: `person-${number}@example.com`,
    givenName: `Zoë & "Zo'ë" ${number}`,
    familyName: 'O’Neil <b>',
    displayName: `Zoë 𝒵 &amp; ${number}`,
    groups: ['Everyone', 'Ünïcode', lastGroup],
  };
}

export class Interop {
  #count = 0;

  /** Makes the account with a provider for each, which trusts two keys and wants the last of several groups. */
  static async start(postern) {
    const interop = new Interop();
    interop.postern = postern;
    interop.account = await TestAccount.create(postern, pemKeys('idp'));
    interop.providers = {};
    for (const [name, provider] of Object.entries(identityProviders)) {
      const { kind, issuer: entityId, key = 'idp', groups } = provider;
      interop.providers[name] = await interop.account.addProvider({
        name,
        kind,
        entityId,
        keys: [pemKeys(OTHER_KEY), pemKeys(key)],
        jit: { enabled: true, validationKey: groups, validationValue: lastGroup },
      });
    }
    return interop;
  }

  /**
   * A response of an identity provider about somebody new, unsigned: `{ xml, ids, person }`. `facts` are those of `write()`,
   * `attributes` may change what it says.
   */
  respond(name, { attributes = (same) => same, ...facts } = {}) {
    const provider = identityProviders[name];
    const { sp } = this.providers[name];
    this.#count += 1;
    const person = somebody(this.#count);
    const ids = { response: `${provider.ids.response}-${this.#count}`, assertion: `${provider.ids.assertion}-${this.#count}` };
    const now = times(this.postern.now ?? Date.now());
    const said = attributes(provider.attributes(person));
    const xml = write(provider, person, { ...now, acsUrl: sp.acsUrl, audience: sp.entityId, ids, attributes: said, ...facts });
    return { xml, ids, person };
  }

  /** Posts a signed response, and asserts that it signs the person in with all that the identity provider sends of them. */
  async assertSignsIn(name, person, xml, { cookie, location = '/' } = {}) {
    const { acsUrl } = this.providers[name].sp;
    const answer = await this.postern.postResponse(acsUrl, { samlResponse: Buffer.from(xml).toString('base64'), cookie });
    assert.equal(answer.status, 303, answer.status === 303 ? '' : JSON.stringify(await this.#lastError()));
    assert.equal(answer.headers.get('location'), location);
    const { status, user, provider } = await this.account.whoami(cookiesOf(answer));
    assert.equal(status, 200);
    assert.equal(provider.name, name);
    const { groups, ...profile } = identityProviders[name].sends?.(person) ?? person;
    const { email, givenName, familyName, displayName } = user;
    assert.deepEqual({ email, givenName, familyName, displayName }, profile);
  }

  async #lastError() {
    const { items } = await this.account.expect(200, 'GET', '/sign-ins?limit=1');
    return items[0].error;
  }
}

/**
 * How the same response can be written otherwise, by name: `attributes` of `respond()`, `edit` of the unsigned text.
 * `takesDs`: the root binds the usual prefix of signatures to something else.
 */
export const writings = {
  'pretty-printed': { edit: indented('\n') },
  'pretty-printed with CR LF': { edit: indented('\r\n') },
  'with unusual prefixes': { edit: renamed({ samlp: 'q1', saml2p: 'Q-2', saml: 'samlp', saml2: 'n.x_é' }) },
  'with the prefix ds for the protocol': { edit: renamed({ samlp: 'ds', saml2p: 'ds' }), takesDs: true },
  'with nil and empty values before the others': {
    attributes: (list) => list.map((one) => ({ ...one, values: [null, '', ...one.values] })),
  },
};

/** The prefixes of SAML under other names. */
function renamed(names) {
  return (xml) => xml.replace(/(?<=<\/?|xmlns:)(samlp|saml2p|saml2|saml)(?=[:=])/g, (prefix) => names[prefix] ?? prefix);
}

/** White space between the elements of a response; what an element holds stays as it is. */
function indented(end) {
  return (xml) => xml.replace(/>(?=<[^/])|(?<=<\/[^<>]*>|\/>)(?=<\/)/g, (found) => `${found}${end}  `).replace(/(?<!\r)\n/g, end);
}
