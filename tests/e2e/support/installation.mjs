// A Postern for the tests of a file, and the keys of two identity providers.
import { after, afterEach } from 'node:test';
import { makeKeys } from '../../../dev/idp/keys.mjs';
import { startPostern } from './postern.mjs';

/** Starts it before the tests and ends it after them. Its clock is the real one again after each test. */
export async function installation() {
  const [postern, keys, otherKeys] = await Promise.all([startPostern(), makeKeys(), makeKeys()]);
  after(() => postern.dispose());
  afterEach(() => {
    postern.now = null;
  });
  return { postern, keys, otherKeys };
}
