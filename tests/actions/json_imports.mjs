// Node 20 refuses `import x from "y.json"` without an attribute, and GitHub's packages are written without it.
import { register } from "node:module";

const hook = `export async function load(url, context, next) {
  return next(url, url.endsWith(".json") ? { ...context, importAttributes: { type: "json" } } : context);
}`;
register("data:text/javascript," + encodeURIComponent(hook));
