import { h } from './dom.js';

const day = 24 * 60 * 60 * 1000;
// The Swedish way of writing is ISO 8601's: it lines up in lists and reads alike everywhere.
const moment = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium' });
const date = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The reader's own time; the exact one in UTC is in the title. */
export function time(value, format = moment) {
  const at = new Date(value ?? NaN);
  if (Number.isNaN(at.getTime())) return h('span', {}, value || '–');
  return h('time', { datetime: value, title: value }, format.format(at));
}

/** When a certificate ends, with a warning from 30 days before. */
export function expiry(value) {
  const left = Math.floor((new Date(value) - Date.now()) / day);
  const note =
    left < 0
      ? h('span', { class: 'bad' }, ' (expired)')
      : left < 30
        ? h('span', { class: 'warn' }, ` (${relative.format(left, 'day')})`)
        : null;
  return h('span', {}, time(value, date), note);
}

export function soonest(certificates) {
  return certificates.map((certificate) => certificate.notAfter).sort()[0];
}

/** SHA-256 hex in groups, so that two can be compared by eye. */
export function fingerprint(hex) {
  return h('code', {}, (hex.match(/.{1,4}/g) ?? []).join(' '));
}
