// What identity providers send: all of it in order to one account, then what each of them sends alone to an empty one, at each
// base that there is.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BASES, ScimClient } from './support/scim.mjs';
import { Player, exchanges, parts } from './support/scim-traffic.mjs';
import { startPostern } from './support/postern.mjs';

let postern;
before(async () => {
  postern = await startPostern();
});
after(() => postern.dispose());

test('the file is whole, and every client is tried alone', () => {
  assert.equal(exchanges.length, 90);
  assert.equal(Object.values(parts).flat().length, 90);
});

describe('all clients, in order, on one account', () => playAll(exchanges, BASES[2]));
for (const [index, [name, part]] of Object.entries(parts).entries()) {
  describe(`${name} alone, on an empty account`, () => playAll(part, BASES[index === 2 ? 5 : index]));
}

/** One test an exchange, in order. */
function playAll(part, base) {
  let player;
  before(async () => {
    player = new Player(await ScimClient.create(postern, { base }));
  });
  for (const exchange of part) test(`${exchange.id}: ${exchange.step}`, () => player.play(exchange));
}
