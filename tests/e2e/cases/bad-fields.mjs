// JSON that the admin API must refuse with 422, naming every field at once. `[what is sent, { pointer: code }]`;
// a provider's fields are on top of ones that are right.
const long = (length) => 'x'.repeat(length);

export const accounts = {
  'nothing at all': [{}, { '/name': 'required' }],
  'everything wrong': [{ id: 'a b', name: 7, more: 1 }, { '/id': 'malformed', '/name': 'wrong_type', '/more': 'unknown_field' }],
  'an id of 65 characters': [{ id: long(65), name: 'A' }, { '/id': 'too_long' }],
  'an id with a slash': [{ id: 'a/b', name: 'A' }, { '/id': 'malformed' }],
  'an id with letters beyond ASCII': [{ id: 'ä', name: 'A' }, { '/id': 'malformed' }],
  'a blank name': [{ name: ' \t ' }, { '/name': 'required' }],
  'a name that is null': [{ name: null }, { '/name': 'required' }],
  'a name of 1,000 characters': [{ name: long(1000) }, { '/name': 'too_long' }],
  'a name of two lines': [{ name: 'A\nB' }, { '/name': 'control_character' }],
  'a name with a NUL': [{ name: 'A\u0000B' }, { '/name': 'control_character' }],
  'a name with a C1 control character': [{ name: 'A\u0085B' }, { '/name': 'control_character' }],
  'a field whose name needs escaping': [{ name: 'A', 'a/b~c': 1 }, { '/a~1b~0c': 'unknown_field' }],
};

export const providers = {
  'every field of the wrong type': [
    { name: [], kind: 1, metadataXml: {}, enabled: 'yes', spEntityId: 1, allowIdpInitiated: 1, clockSkewSeconds: '120', jit: [] },
    {
      '/name': 'wrong_type', '/kind': 'wrong_type', '/metadataXml': 'wrong_type', '/enabled': 'wrong_type', '/spEntityId': 'wrong_type',
      '/allowIdpInitiated': 'wrong_type', '/clockSkewSeconds': 'wrong_type', '/jit': 'wrong_type',
    },
  ],
  'settings of requests and of encryption of the wrong type': [
    {
      allowUnknownInResponseTo: 'no', allowSha1: 1, signRequests: 'yes', forceAuthn: {}, nameIdFormat: 7,
      requestedAuthnContext: 'urn:x', encryption: true,
    },
    {
      '/allowUnknownInResponseTo': 'wrong_type', '/allowSha1': 'wrong_type', '/signRequests': 'wrong_type', '/forceAuthn': 'wrong_type',
      '/nameIdFormat': 'wrong_type', '/requestedAuthnContext': 'wrong_type', '/encryption': 'wrong_type',
    },
  ],
  'a format of NameID and an encryption that nobody knows': [
    { nameIdFormat: 'email', encryption: 'on' },
    { '/nameIdFormat': 'unknown_value', '/encryption': 'unknown_value' },
  ],
  'eleven ways to authenticate': [{ requestedAuthnContext: Array(11).fill('urn:x') }, { '/requestedAuthnContext': 'too_many' }],
  'ways to authenticate that are none': [
    { requestedAuthnContext: ['urn:x', 7, '', long(257), 'a\u0000b'] },
    {
      '/requestedAuthnContext/1': 'wrong_type', '/requestedAuthnContext/2': 'too_long', '/requestedAuthnContext/3': 'too_long',
      '/requestedAuthnContext/4': 'control_character',
    },
  ],
  'no required field': [{ name: undefined, kind: undefined, metadataXml: undefined }, { '/name': 'required', '/kind': 'required', '/metadataXml': 'required' }],
  'null for required fields': [{ name: null, kind: null, metadataXml: null }, { '/name': 'required', '/kind': 'required', '/metadataXml': 'required' }],
  'unknown fields, inside too': [{ rules: [], jit: { rule: [] } }, { '/rules': 'unknown_field', '/jit/rule': 'unknown_field' }],
  'a name of 1,000 characters': [{ name: long(1000) }, { '/name': 'too_long' }],
  'a name with control characters': [{ name: 'A\u001b[31m' }, { '/name': 'control_character' }],
  'a kind that nobody knows': [{ kind: 'Okta' }, { '/kind': 'unknown_value' }],
  'an SP entity ID of 1,025 characters': [{ spEntityId: long(1025) }, { '/spEntityId': 'too_long' }],
  'a negative clock skew': [{ clockSkewSeconds: -1 }, { '/clockSkewSeconds': 'out_of_range' }],
  'a clock skew of 301 seconds': [{ clockSkewSeconds: 301 }, { '/clockSkewSeconds': 'out_of_range' }],
  'half a second of clock skew': [{ clockSkewSeconds: 0.5 }, { '/clockSkewSeconds': 'out_of_range' }],
  'a clock skew beyond every number': [{ clockSkewSeconds: 1e300 }, { '/clockSkewSeconds': 'out_of_range' }],
  'a JIT validation key alone': [{ jit: { enabled: true, validationKey: 'department' } }, { '/jit/validationValue': 'half_filled' }],
  'a JIT validation value alone': [{ jit: { enabled: true, validationValue: 'engineering' } }, { '/jit/validationKey': 'half_filled' }],
  'a blank JIT validation value': [{ jit: { validationKey: 'department', validationValue: '  ' } }, { '/jit/validationValue': 'half_filled' }],
  'a half of the pair while JIT is off': [{ jit: { enabled: false, validationKey: 'department' } }, { '/jit/validationValue': 'half_filled' }],
  'JIT fields of the wrong type': [{ jit: { enabled: 'on', validationKey: 1, validationValue: [] } }, { '/jit/enabled': 'wrong_type', '/jit/validationKey': 'wrong_type', '/jit/validationValue': 'wrong_type' }],
  'a JIT validation value of 257 characters': [
    { jit: { validationKey: long(256), validationValue: long(257) } },
    { '/jit/validationValue': 'too_long' },
  ],
  'a JIT validation value of the wrong type': [{ jit: { validationKey: 'department', validationValue: 7 } }, { '/jit/validationValue': 'wrong_type' }],
  'errors of several kinds at once': [
    { name: '', kind: 'none', clockSkewSeconds: 999, jit: { validationKey: 'a' }, extra: true },
    { '/name': 'required', '/kind': 'unknown_value', '/clockSkewSeconds': 'out_of_range', '/jit/validationValue': 'half_filled', '/extra': 'unknown_field' },
  ],
};

export const questions = {
  'nothing to explain': [{}, { '/samlResponse': 'required' }],
  'everything wrong': [{ samlResponse: 1, provider: {}, at: 'yesterday', destination: 5, more: 1 }, { '/samlResponse': 'wrong_type', '/provider': 'wrong_type', '/at': 'malformed', '/destination': 'wrong_type', '/more': 'unknown_field' }],
  'a time without a zone': [{ samlResponse: 'PHg+', at: '2026-11-22T06:00:00' }, { '/at': 'malformed' }],
  'a response of more than 512 KiB': [{ samlResponse: 'A'.repeat(512 * 1024 + 4) }, { '/samlResponse': 'too_long' }],
};
