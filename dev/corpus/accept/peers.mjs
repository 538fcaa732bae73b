// Responses signed by libraries that are not in JavaScript and share no canonicalizer with those that are. dev/corpus/peers
// says how they are made.
import { accept } from '../case.mjs';
import { identityProviders } from '../identity-providers/index.mjs';
import { peerResponse, person } from '../peers/person.mjs';

const sessionEnd = '2026-11-22T16:00:00.000Z';
const answering = { pending: '_request' };

/** What an identity provider says of the person, each name once. */
function attributesOf(provider) {
  const said = provider.attributes(person).map(({ name, values }) => [name, values]);
  return Object.fromEntries(said.map(([name]) => [name, said.filter(([other]) => other === name).flatMap(([, values]) => values)]));
}

const layouts = {
  libxmlsec: {
    why: 'Signed by libxmlsec.',
    of: {
      okta: { way: 'both' },
      keycloak: { way: 'response', sessionEnd },
      entra: { way: 'assertion' },
      shibboleth: { way: 'response' },
      simplesamlphp: { way: 'both' },
    },
  },
  signxml: {
    why: 'Signed by signxml.',
    of: {
      adfs: { way: 'assertion' },
      google: { way: 'response' },
      onelogin: { way: 'assertion', sessionEnd },
      auth0: { way: 'response' },
    },
  },
};
for (const [library, { why, of }] of Object.entries(layouts)) {
  for (const [name, { way, ...more }] of Object.entries(of)) {
    const signed = way === 'assertion' ? 'Assertion' : 'Response';
    const expected = { signed, answers: '_request', attributes: attributesOf(identityProviders[name]), ...more };
    accept(`peers/${library}-${name}-${way}`, why, peerResponse(`${library}-${name}-${way}`), expected, answering);
  }
}

for (const way of ['assertion', 'response', 'both']) {
  const signed = way === 'assertion' ? 'Assertion' : 'Response';
  const attributes = {
    'urn:oid:0.9.2342.19200300.100.1.3': [person.email],
    'urn:oid:2.5.4.42': [person.givenName],
    'urn:oid:2.5.4.4': [person.familyName],
    'urn:oid:2.16.840.1.113730.3.1.241': [person.displayName],
    'urn:oid:1.3.6.1.4.1.5923.1.1.1.1': person.groups,
  };
  const expected = { signed, answers: '_request', attributes };
  accept(`peers/pysaml2-${way}`, 'Written by pysaml2 and signed by xmlsec1.', peerResponse(`pysaml2-${way}`), expected, answering);
}
