// npm run deploy: the migrations, then the worker, with wrangler (which builds it first).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './setup/command.mjs';
import { Problem, runMain, say } from './setup/say.mjs';

const PLACEHOLDER = /^\s*(database_id|id)\s*=\s*"[0-]+"/m;

await runMain(async () => {
  if (PLACEHOLDER.test(readFileSync(join(root, 'wrangler.toml'), 'utf8'))) {
    throw new Problem(
      'wrangler.toml has no ids of your own yet: run npx wrangler d1 create postern and npx wrangler kv namespace create KV, and put the two ids there',
    );
  }
  // Migrations only add what the version that is running does not mind, so they may go first.
  await wrangler('d1', 'migrations', 'apply', 'DB', '--remote');
  await wrangler('deploy');
  say('Set the first-run token, if you have not: npx wrangler secret put SETUP_TOKEN');
});

async function wrangler(...args) {
  const code = await run(join(root, 'node_modules', '.bin', 'wrangler'), args, { terminal: true });
  if (code !== 0) throw new Problem(`wrangler ${args.join(' ')} failed (see above)`);
}
