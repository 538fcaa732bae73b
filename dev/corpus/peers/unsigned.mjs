// Writes the responses that sign.py signs, as JSON on standard output, with the key to sign them with.
import { identityProviders, write } from '../identity-providers/index.mjs';
import { keys } from '../keys.mjs';
import { scene } from '../documents.mjs';
import { person } from './person.mjs';

const layouts = Object.entries(identityProviders).map(([name, provider]) => {
  const facts = { issuer: scene.issuer, nameId: person.email, inResponseTo: '_request' };
  return [name, { xml: write(provider, person, facts), ids: provider.ids }];
});
const { privateKey, certificate } = keys('idp');
process.stdout.write(JSON.stringify({ layouts: Object.fromEntries(layouts), person, scene, privateKey, certificate }));
