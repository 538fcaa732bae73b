// The times of a response, in milliseconds from Postern's clock, with a skew of 120 s: what is just inside is taken, what
// is just outside is not. An end is exclusive. `skew` is the provider's, if it has another; `wanted` is what the log names.
const SECONDS = 1000;
const SKEW = 120 * SECONDS;
const HOUR = 3600 * SECONDS;

export const clockCases = {
  'begins within the skew': { notBefore: SKEW, taken: true },
  'begins beyond the skew': { notBefore: SKEW + 1, refused: 'not_yet_valid', wanted: ['not before', SKEW + 1] },
  'begins in an hour': { notBefore: HOUR, notOnOrAfter: 2 * HOUR, refused: 'not_yet_valid', wanted: ['not before', HOUR] },
  'began long ago': { notBefore: -100 * HOUR, taken: true },
  'ends within the skew': { notOnOrAfter: 1 - SKEW, taken: true },
  'ends at the skew': { notOnOrAfter: -SKEW, refused: 'expired', wanted: ['before', -SKEW] },
  'ended an hour ago': { notBefore: -2 * HOUR, notOnOrAfter: -HOUR, refused: 'expired', wanted: ['before', -HOUR] },
  'ends now, with a clock that must agree': { skew: 0, notOnOrAfter: 0, refused: 'expired', wanted: ['before', 0] },
  'ends next, with a clock that must agree': { skew: 0, notOnOrAfter: 1, taken: true },
  'begins next, with a clock that must agree': { skew: 0, notBefore: 1, refused: 'not_yet_valid', wanted: ['not before', 1] },
  'begins now, with a clock that must agree': { skew: 0, notBefore: 0, taken: true },
  'ends within the largest skew': { skew: 300, notOnOrAfter: 1 - 300 * SECONDS, taken: true },
  'ends at the largest skew': { skew: 300, notOnOrAfter: -300 * SECONDS, refused: 'expired', wanted: ['before', -300 * SECONDS] },
  // A session ends by our own clock: within the skew it would be over when it begins.
  'has a session that ends next': { sessionNotOnOrAfter: 1, taken: true },
  'has a session that ends now': { sessionNotOnOrAfter: 0, refused: 'expired', wanted: ['before', 0] },
};
