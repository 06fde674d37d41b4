// A session in a cookie, by a page of another origin in a real Chromium, once of the sandbox's own site and once of another.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { chromium, type Browser } from "playwright-core";

// Without these Chromium looks for its maker's servers; as root, which CI often is, it has no sandbox of its own.
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
let browser: Browser;
let pages: Server;

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
  pages = createServer(async (request, response) => {
    const isPage = request.url === "/";
    const file = isPage ? "browser/page.html" : `dist${request.url}`;
    try {
      const body = await readFile(file);
      response.setHeader("Content-Type", isPage ? "text/html" : "text/javascript").end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((ready) => pages.listen(0, () => ready()));
});

after(async () => {
  await browser?.close();
  pages?.close();
});

const started = Date.now();

for (const host of ["127.0.0.1", "localhost"]) {
  test(`a page of ${host} signs up, logs in, is somebody, logs out and is nobody`, async () => {
    const page = await (await browser.newContext()).newPage();
    const name = `dee-${started}-${host}`;
    await page.goto(`http://${host}:${(pages.address() as AddressInfo).port}/`);
    const says = async (text: string) => {
      await page.locator("#who", { hasText: "(" }).waitFor({ timeout: 10_000 });
      assert.equal(await page.locator("#who").textContent(), text);
    };
    await says("nobody (at first, me 401)");
    await page.getByPlaceholder("Name").fill(name);
    await page.getByPlaceholder("Password").fill("correct-horse-9");
    await page.getByText("Sign up").click();
    await says("nobody (sign-up 201, me 401)");
    await page.getByText("Log in").click();
    await says(`${name} (log-in 200, me 200)`);
    await page.reload();
    await says(`${name} (at first, me 200)`);
    assert.equal(await page.evaluate(() => document.cookie), "");
    await page.getByText("Log out").click();
    await says("nobody (log-out 204, me 401)");
    await page.getByPlaceholder("Name").fill(name);
    await page.getByPlaceholder("Password").fill("wrong-one-1");
    await page.getByText("Log in").click();
    await says("nobody (log-in 401, me 401)");
  });
}
