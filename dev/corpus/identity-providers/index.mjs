// Identity providers that people use, as they write: their prefixes, where they declare namespaces, what they sign, how
// they write attributes and names. No text in here is theirs; the layout is. Each has
//   kind        what Postern calls it
//   issuer      its entity ID, when a case has no other
//   key         the key of the corpus that it signs with, if not `idp`
//   ids         the IDs of Response and Assertion in the corpus
//   signs       what it can sign, by name: the elements in the order in which they are signed; its habit comes first
//   signature   options of `sign()` for a key
//   groups      the attribute with the person's groups
//   attributes  `(person) => [{ name, friendlyName?, values }]`: how it names what it says of a person
//   nameId      `(person) => text`: the e-mail address unless it is there
//   sends       `(person) => person`: what of the person arrives, if not all
//   write       `(facts) => xml`: the response, unsigned
import { scene } from '../documents.mjs';
import { sign } from '../sign.mjs';
import { adfs } from './adfs.mjs';
import { auth0 } from './auth0.mjs';
import { entra } from './entra.mjs';
import { google } from './google.mjs';
import { jumpcloud } from './jumpcloud.mjs';
import { keycloak } from './keycloak.mjs';
import { okta } from './okta.mjs';
import { onelogin } from './onelogin.mjs';
import { ping } from './ping.mjs';
import { shibboleth } from './shibboleth.mjs';
import { simplesamlphp } from './simplesamlphp.mjs';

export { layout } from './layout.mjs';

export const identityProviders = { okta, entra, google, jumpcloud, keycloak, ping, onelogin, adfs, auth0, shibboleth, simplesamlphp };

/**
 * A response of an identity provider about a person, unsigned. `facts` replace what the scene of the corpus has:
 * `acsUrl`, `audience`, `issuer`, `inResponseTo`, `ids`, `nameId`, `attributes`, and the times `begin`, `now`, `end` and
 * `sessionEnd`, as `2026-11-22T06:00:00Z`.
 */
export function write(provider, person, facts = {}) {
  const { ids, issuer } = provider;
  const nameId = facts.nameId ?? provider.nameId?.(person) ?? person.email;
  const attributes = facts.attributes ?? provider.attributes(person);
  return provider.write({ ...scene, sessionEnd: '2026-11-22T16:00:00Z', ids, issuer, inResponseTo: null, ...facts, nameId, attributes });
}

/**
 * The response with signatures as the identity provider makes them. `elements` are signed in this order; `options` are
 * those of `sign()` that differ.
 */
export function signed(provider, xml, { elements = Object.values(provider.signs)[0], key = provider.key ?? 'idp', ids = provider.ids, ...options } = {}) {
  return elements.reduce((text, element) => sign(text, { key, ...provider.signature(key), ...options, id: ids[element] }), xml);
}
