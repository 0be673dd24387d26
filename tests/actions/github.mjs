// GitHub's own code, asked about our files. Two questions, answered as JSON on standard output:
//   lint      standard input: {"files": {path: text}, "actions": {"owner/repo/path": text of action.yml}}
//             answer: ["path:line: message"], empty when GitHub's language service has nothing to say
//   evaluate  standard input: {"text": text of action.yml, "contexts": {"inputs": {...}, "steps": {...}}}
//             answer: the file as data, each ${{ }} replaced by what GitHub's evaluator makes of it
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.ACTION_MODULES + "/");
const { TextDocument } = require("vscode-languageserver-textdocument");
const yaml = require("yaml");
const load = (name) => import(pathToFileURL(`${process.env.ACTION_MODULES}/node_modules/@actions/${name}`));

async function lint({ files, actions }) {
  const { validate } = await load("languageservice/dist/index.js");
  const metadata = ({ owner, name, path }) => actions[[owner, name, path].filter(Boolean).join("/")];
  const actionsMetadataProvider = { fetchActionMetadata: async (reference) => metadata(reference) && yaml.parse(metadata(reference)) };
  const found = [];
  for (const [path, text] of Object.entries(files)) {
    const diagnostics = await validate(TextDocument.create(path, "yaml", 1, text), { actionsMetadataProvider });
    for (const each of diagnostics) found.push(`${path}:${each.range.start.line + 1}: ${each.message}`);
  }
  return found;
}

async function evaluate({ text, contexts }) {
  const { parseAction } = await load("workflow-parser/dist/actions/index.js");
  const { NoOperationTraceWriter, isBasicExpression, isMapping, isSequence } = await load("workflow-parser/dist/index.js");
  const { Lexer, Parser, Evaluator, data } = await load("expressions/dist/index.js");
  const context = JSON.parse(JSON.stringify(contexts), data.reviver);
  const value = (expression) => {
    const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), []).parse();
    return new Evaluator(tree, context).evaluate().coerceString();
  };
  const plain = (token) => {
    if (isBasicExpression(token)) return value(token.expression);
    if (isSequence(token)) return [...token].map(plain);
    if (isMapping(token)) return Object.fromEntries([...token].map(({ key, value }) => [plain(key), plain(value)]));
    return token.toJSON() ?? null;
  };
  const result = parseAction({ name: "action.yml", content: text }, new NoOperationTraceWriter());
  const errors = result.context.errors.getErrors();
  if (errors.length > 0) throw new Error(errors.map((each) => each.message).join("\n"));
  return plain(result.value);
}

const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(await { lint, evaluate }[process.argv[2]](asked)));
