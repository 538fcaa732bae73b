// Talking to the person at the terminal: progress lines, and one clear line when something cannot go on.
// Like everything in `dev/setup/`, this uses Node 20 and no package: it runs before there is a `node_modules`.

/** Something the reader can mend: printed as its one line, without a stack trace. */
export class Problem extends Error {}

export function say(line) {
  process.stdout.write(`· ${line}\n`);
}

/** Runs `main`, and turns whatever it throws into one line and exit code 1. */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    const detail = error instanceof Problem ? error.message : `Unexpected error: ${error?.message ?? error}`;
    process.stderr.write(`✗ ${detail}\n`);
    if (process.env.POSTERN_DEBUG) process.stderr.write(`${error?.stack}\n`);
    process.exit(1);
  }
}
