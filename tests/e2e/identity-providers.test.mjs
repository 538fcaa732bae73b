// Responses as the identity providers that people use write and sign them, to both ways of signing in.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { identityProviders, signed } from '../../dev/corpus/identity-providers/index.mjs';
import { lines } from '../../dev/corpus/identity-providers/writing.mjs';
import { Interop, writings } from './support/interop.mjs';
import { startPostern } from './support/postern.mjs';

let postern;
let interop;

before(async () => {
  postern = await startPostern();
  interop = await Interop.start(postern);
});
after(() => postern?.dispose());

/** How a signature can be written otherwise, by name: options of `signed()`. */
const signatures = {
  'signed with the first of two certificates': { key: 'idp-next' },
  'without KeyInfo': { keyInfo: undefined },
  'with base64 in lines of Windows': { wrap: lines('\r\n') },
  'with carriage returns in base64': { wrap: lines('&#13;\n') },
  'with an indented signature': { indent: '\n      ' },
  'with another prefix': { prefix: 'q7', keyInfo: undefined },
};

for (const [name, provider] of Object.entries(identityProviders)) {
  describe(name, () => {
    for (const [way, elements] of Object.entries(provider.signs)) {
      test(`signs in, begun there, signed: ${way}`, async () => {
        const { xml, ids, person } = interop.respond(name);
        await interop.assertSignsIn(name, person, signed(provider, xml, { elements, ids }));
      });

      test(`signs in, begun here, signed: ${way}`, async () => {
        const { id, cookie } = await interop.account.begin({ provider: interop.providers[name], returnTo: '/asked' });
        const { xml, ids, person } = interop.respond(name, { inResponseTo: id });
        assert.equal(xml.match(new RegExp(`InResponseTo="${id}"`, 'g')).length, 2);
        await interop.assertSignsIn(name, person, signed(provider, xml, { elements, ids }), { cookie, location: '/asked' });
      });
    }

    for (const [writing, { attributes, edit = (xml) => xml }] of Object.entries(writings)) {
      test(`signs in, ${writing}`, async () => {
        const { xml, ids, person } = interop.respond(name, { attributes });
        await interop.assertSignsIn(name, person, signed(provider, edit(xml), { ids }));
      });
    }

    for (const [signature, options] of Object.entries(signatures)) {
      test(`signs in, ${signature}`, async () => {
        const { xml, ids, person } = interop.respond(name);
        await interop.assertSignsIn(name, person, signed(provider, xml, { ids, ...options }));
      });
    }
  });
}
