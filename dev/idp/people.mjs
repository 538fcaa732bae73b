// Who can sign in at the demo identity provider. Each shows something else of just-in-time provisioning, given the demo
// provider's condition that `department` be `engineering`.

export const people = [
  {
    id: 'ada',
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    about: 'Has department = engineering. Her user is created at the first sign-in and found again at the next.',
    attributes: {
      email: 'ada@example.com',
      givenName: 'Ada',
      familyName: 'Lovelace',
      displayName: 'Ada Lovelace',
      department: 'engineering',
    },
  },
  {
    id: 'ben',
    name: 'Ben Bitdiddle',
    email: 'ben@example.com',
    about: 'Has no department. He is refused, and the sign-in log says why.',
    attributes: { email: 'ben@example.com', givenName: 'Ben', familyName: 'Bitdiddle', displayName: 'Ben Bitdiddle' },
  },
  {
    id: 'grace',
    name: 'Grace Hopper',
    email: 'grace@example.com',
    about: 'Has department = engineering and is in the groups Developers and On-call.',
    attributes: {
      email: 'grace@example.com',
      givenName: 'Grace',
      familyName: 'Hopper',
      displayName: 'Grace Hopper',
      department: 'engineering',
      groups: ['Developers', 'On-call'],
    },
  },
  {
    id: 'ada-other-case',
    name: 'Ada Lovelace, written differently',
    email: 'Ada@Example.com',
    about: 'The first Ada with capital letters in her e-mail: the same user, not a second one.',
    attributes: {
      email: 'Ada@Example.com',
      givenName: 'Ada',
      familyName: 'Lovelace',
      displayName: 'Ada Lovelace',
      department: 'engineering',
    },
  },
];
