// Keys that a test holds in the place of the account's own, and an identity provider that encrypts.
import { createPrivateKey, webcrypto } from 'node:crypto';
import { keys } from '../../../dev/corpus/keys.mjs';
import { MASTER_KEY } from './postern.mjs';

/** Gives an account a key pair of the corpus to be encrypted to, wrapped as Postern wraps its own. */
export async function insertKey(account, name, { id = `key-${name}`, createdAt = 0, retiresAt = null, wrappedFor = account.id } = {}) {
  const { privateKey, certificate } = keys(name);
  const master = await webcrypto.subtle.importKey('raw', Buffer.from(MASTER_KEY, 'base64'), 'AES-GCM', false, ['encrypt']);
  const iv = Buffer.alloc(12, 1);
  const pkcs8 = createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' });
  const sealed = await webcrypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: Buffer.from(`${wrappedFor}/${id}`) }, master, pkcs8);
  const wrapped = Buffer.concat([iv, Buffer.from(sealed)]).toString('base64');
  const columns = 'account_id, id, purpose, certificate, wrapped, created_at, retires_at';
  await account.sql(`INSERT INTO account_keys (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`, account.id, id, 'encryption', certificate, wrapped, createdAt, retiresAt);
}
