// node dev/import.mjs URL ACCOUNT [LINE] < FILE: what dev/export.mjs wrote into an empty account, or from a line on.
import { imported, linesOf, target } from './account/file.mjs';
import { runMain, say } from './setup/say.mjs';

await runMain(async () => {
  const { api, account } = target(process.argv.slice(2), 'node dev/import.mjs URL ACCOUNT [LINE] < FILE');
  const { lines, invitationsWithoutLink } = await imported(api, account, linesOf(process.stdin.setEncoding('utf8')), Number(process.argv[4] ?? 1));
  say(`${lines} lines are imported into ${account}.`);
  if (invitationsWithoutLink > 0) say(`The links of ${invitationsWithoutLink} invitations are good no more: invite anew whoever needs one.`);
});
