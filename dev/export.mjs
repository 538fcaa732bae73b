// node dev/export.mjs URL ACCOUNT > FILE: all of an account but secrets and sessions, as NDJSON.
import { exported, target } from './account/file.mjs';
import { runMain } from './setup/say.mjs';

await runMain(async () => {
  const { api, account } = target(process.argv.slice(2), 'node dev/export.mjs URL ACCOUNT > FILE');
  for await (const text of exported(api, account)) {
    if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
});
