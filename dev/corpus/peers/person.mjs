// Of whom the responses in this folder are.
import { readFileSync } from 'node:fs';

export const person = {
  email: 'ada@example.com',
  givenName: 'Ada & "Zoë"',
  familyName: 'O’Neil <b>',
  displayName: 'Zoë 𝒵',
  groups: ['Everyone', 'R&D', ''],
};

/** The bytes of a response in this folder. */
export const peerResponse = (name) => readFileSync(new URL(`${name}.xml`, import.meta.url));
