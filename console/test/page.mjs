// What the tests share: a Chromium, a page that tells what went wrong in it, and the judge of accessibility.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

export const URL_SERVED = process.env.CONSOLE_URL ?? "http://127.0.0.1:8000";
export const CONSOLE = `${URL_SERVED}/__admin/ui`;
const PICTURES = new URL("../../build/console/", import.meta.url).pathname;
mkdirSync(PICTURES, { recursive: true });

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// Without these Chromium looks for its maker's servers; as root, which CI often is, it has no sandbox of its own.
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];

export function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
}

/** Open a page that fails the test, at `done`, for each error in its console and each request to another host. */
export async function open(browser, { width = 1280, height = 800, scheme = "light", url = CONSOLE, allowed = [] } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  context.setDefaultTimeout(8000);
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !allowed.some((one) => message.text().includes(one))) wrong.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => wrong.push(String(error)));
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol !== "blob:" && to.origin !== new URL(url).origin) wrong.push(`a request to ${request.url()}`);
  });
  await page.goto(url);
  const done = async () => {
    await context.close();
    assert.deepEqual(wrong, []);
  };
  return { page, done };
}

/** Hold the page against WCAG 2.2 A and AA, and keep a picture of it. */
export async function judge(page, name) {
  await page.screenshot({ path: `${PICTURES}${name}.png` });
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  const said = violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)}: ${node.failureSummary}`));
  assert.deepEqual(said, [], name);
}

export const LOOKS = [360, 1280].flatMap((width) => ["light", "dark"].map((scheme) => ({ width, scheme, name: `${width}-${scheme}` })));

/** Call the sandbox, or the admin API with a path that begins with /__admin. */
export async function call(method, path, body, session = "default") {
  const headers = { "Sandbox-Session": session };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(URL_SERVED + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}
