// Responses signed by libraries that are not ours open a session: those that the libraries write themselves, and those in the
// layouts of the identity providers that people use.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { identityProviders } from '../../dev/corpus/identity-providers/index.mjs';
import { nameIdFormat } from '../../dev/corpus/names.mjs';
import { makeKeys } from '../../dev/idp/keys.mjs';
import { TestAccount } from './support/account.mjs';
import { documentSigners, signDocument } from './support/document-signers.mjs';
import { Interop, pemKeys, writings } from './support/interop.mjs';
import { startPostern } from './support/postern.mjs';
import { signers } from './support/signers.mjs';

let postern;
let account;
let interop;

before(async () => {
  postern = await startPostern();
  account = await TestAccount.withProvider(postern, await makeKeys());
  interop = await Interop.start(postern);
});
after(() => postern?.dispose());

describe('a library that writes the response', () => {
  let count = 0;

  /** Somebody new, under these attribute names, signs in. */
  async function assertSignsIn(write, { names, acs, ...fields }) {
    count += 1;
    const [email, person] = [`signer-${count}@example.com`, { givenName: 'Zoë & Co', familyName: `O'"Neil <${count}>`, displayName: 'Zoë 𝒵' }];
    const attributes = {
      [names.email]: email,
      [names.givenName]: person.givenName,
      [names.familyName]: person.familyName,
      [names.displayName]: person.displayName,
      groups: ['A', 'B < C'],
    };
    const { cookie } = await account.signIn({ nameId: email, attributes, ...fields }, { sign: write, acs });
    const { user } = await account.whoami(cookie);
    assert.deepEqual([user.email, user.givenName, user.familyName, user.displayName], [email, ...Object.values(person)]);
  }

  const claims = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
  const naming = {
    'friendly names': { email: 'email', givenName: 'givenName', familyName: 'familyName', displayName: 'displayName' },
    'claims URIs': {
      email: `${claims}/emailaddress`,
      givenName: `${claims}/givenname`,
      familyName: `${claims}/surname`,
      displayName: 'http://schemas.microsoft.com/identity/claims/displayname',
    },
    OIDs: {
      email: 'urn:oid:0.9.2342.19200300.100.1.3',
      givenName: 'urn:oid:2.5.4.42',
      familyName: 'urn:oid:2.5.4.4',
      displayName: 'urn:oid:2.16.840.1.113730.3.1.241',
    },
  };
  const friendly = naming['friendly names'];

  for (const [library, { write, signs, options, weak = {} }] of Object.entries(signers)) {
    for (const sign of signs) {
      for (const url of ['acsUrl', 'acsUrlShort']) {
        test(`${library}, signed: ${sign}, at the ${url}`, () =>
          assertSignsIn(write, { names: friendly, sign, acs: account.provider.sp[url] }));
      }

      for (const [option, fields] of Object.entries(options)) {
        test(`${library}, signed: ${sign}, with ${option}`, () => assertSignsIn(write, { names: friendly, sign, ...fields }));
      }
    }

    for (const [kind, names] of Object.entries(naming)) {
      test(`${library}, attributes under ${kind}`, () => assertSignsIn(write, { names, sign: signs.at(-1) }));
    }

    // boxyhq's NameID is an e-mail address in any case.
    for (const [format, nameIdFormatUri] of library === 'boxyhq' ? [] : Object.entries(nameIdFormat)) {
      test(`${library}, a NameID of the format ${format}`, () =>
        assertSignsIn(write, { names: friendly, sign: signs.at(-1), nameId: `${library}|${format}`, nameIdFormat: nameIdFormatUri }));
    }

    for (const [weakness, fields] of Object.entries(weak)) {
      for (const sign of signs) {
        test(`${library}, signed: ${sign}, with ${weakness}, is refused`, async () => {
          const log = await account.refusedSignIn('algorithm_not_allowed', { nameId: 'ada@example.com', sign, ...fields }, { sign: write });
          assert.match(log.error.got, /#(rsa-)?sha1$/);
        });
      }
    }

    test(`${library}, in answer to a request`, async () => {
      const { id, cookie } = await account.begin({ returnTo: '/asked' });
      const { location } = await account.signIn({ nameId: 'ada@example.com', inResponseTo: id }, { sign: write, cookie });
      assert.equal(location, '/asked');
    });
  }
});

const ways = { assertion: ['assertion'], response: ['response'], both: ['assertion', 'response'] };

/** How a library can be told to write signatures, or what becomes of them when they are there. */
const signatures = {
  'without KeyInfo': { keyInfo: false },
  'by RSA-SHA384': { algorithm: 'sha384' },
  'by RSA-SHA512': { algorithm: 'sha512' },
  'with another prefix': { prefix: 'dsig' },
  'by the first of two certificates': { key: 'idp-next' },
  'with base64 in lines of Windows': { finish: wrapped('\r\n') },
  'with carriage returns in base64': { finish: wrapped('&#13;\n') },
};

/** Rewrites SignatureValue and certificates, which a signature does not cover, in lines: each once. */
function wrapped(end) {
  const field = /(<(?:\w+:)?(?:SignatureValue|X509Certificate)>)([A-Za-z0-9+/=]{77,})(?=<)/g;
  return (xml) => {
    assert.match(xml, field);
    return xml.replace(field, (_, tag, text) => tag + text.match(/.{1,76}/g).join(end));
  };
}

for (const [library, { sign, algorithms, ignores }] of Object.entries(documentSigners)) {
  const isKnown = (options) => algorithms.includes(options.algorithm ?? 'sha256') && !ignores.some((option) => option in options);
  const known = Object.entries({ ...writings, ...signatures }).filter(([, options]) => isKnown(options));

  describe(`the layout of an identity provider, signed by ${library}`, () => {
    for (const [name, { key: own = 'idp' }] of Object.entries(identityProviders)) {
      /** Somebody new signs in with the response, signed so. */
      async function assertSignsIn({ elements, attributes, edit = (xml) => xml, key = own, ...options }) {
        const { xml, ids, person } = interop.respond(name, { attributes });
        const signed = await signDocument(sign, edit(xml), { elements, ids, keys: pemKeys(key), ...options });
        await interop.assertSignsIn(name, person, signed);
      }

      for (const [way, elements] of Object.entries(ways)) {
        test(`${name}, signed: ${way}`, () => assertSignsIn({ elements }));
      }
      for (const [variant, options] of known) {
        test(`${name}, ${variant}`, () => assertSignsIn({ elements: ways.both, ...options }));
      }
    }
  });
}
