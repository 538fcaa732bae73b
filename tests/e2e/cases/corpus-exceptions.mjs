// Cases of tests/saml that come to something else than their file says when the whole of Postern gets them, with the reason.
// Everything else must come to what its file says, and each of these to what is said here:
//   status   the answer
//   refused  the code in the sign-in log, where something reaches it

const nobody = 'The assertion is sound, but its NameID is no e-mail address and no attribute has one: there is nobody to create.';
const form = 'A document of 256 KiB makes a form of 350 KiB, and what is posted to the ACS has at most 256 KiB.';
const tooLarge = { status: 413, refused: 'body_too_large', why: form };

export const exceptions = {
  'accept/policy/name-id-of-1024-characters': { status: 403, refused: 'missing_email', why: nobody },
  'accept/policy/name-id-with-no-break-space': { status: 403, refused: 'missing_email', why: nobody },
  'accept/syntax/entities-in-a-url': { status: 404, why: 'It is about any ACS URL with an ampersand in it; none of ours has one.' },
  'accept/bounds/bytes-beside-the-assertion': tooLarge,
  'accept/bounds/bytes-in-the-assertion': tooLarge,
  'accept/bounds/bytes-in-a-signed-response': tooLarge,
  'refuse/bounds/bytes-beside-the-assertion': tooLarge,
  'refuse/bounds/bytes-in-the-assertion': tooLarge,
  'refuse/bounds/bytes-in-a-signed-response': tooLarge,
};
