// Builds the console into the package. `node build.mjs FOLDER` builds it into another folder, for comparison.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? join(here, "../src/understudy/console");

// What the built files are made of. tests/test_console.py counts the same files in the same way.
const files = ["build.mjs", "package-lock.json", ...sources()];
const digest = createHash("sha256");
for (const file of files) {
  digest.update(`${file}\0`);
  digest.update(readFileSync(join(here, file)));
  digest.update("\0");
}

const banner = `/* Built from console/ by make console; sources sha256:${digest.digest("hex")} */`;
mkdirSync(folder, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { console: "src/main.tsx" },
  outdir: folder,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
  banner: { js: banner, css: banner },
  legalComments: "inline",
  logLevel: "warning",
});
for (const name of ["index.html", "icon.svg"]) {
  writeFileSync(join(folder, name), readFileSync(join(here, "src", name)));
}

function sources() {
  const names = readdirSync(join(here, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "admin.d.ts") // which has types alone, and is generated
    .map((entry) => join(entry.parentPath, entry.name).slice(here.length + 1));
  return names.sort();
}
