// Servers that do not let everybody in, or are gone: what is wrong is said where one looks, and ends when it is right again.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { judge, launch, open } from "./page.mjs";

const TOP = new URL("../../", import.meta.url).pathname;
let browser;
let server;

before(async () => {
  browser = await launch();
  server = await serve();
});

after(async () => {
  server?.stop();
  await browser?.close();
});

/** Start a sandbox, by default one that asks for a token, on a port of its own or on one that is told. */
async function serve(port = 0, what = ["docs/shop.yaml", "--admin-token", "s3cret"]) {
  const child = spawn(`${TOP}.venv/bin/understudy`, ["serve", ...what, "--port", String(port)], { cwd: TOP, stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const url = /http:\/\/[^/ ]*/.exec(line)[0];
  const stop = async () => {
    const ended = once(child, "exit");
    child.kill();
    await ended;
  };
  return { url, stop };
}

test("a token is asked for, a wrong one is said to be wrong, and a good one opens the page", async () => {
  const { page, done } = await open(browser, { url: `${server.url}/__admin/ui`, allowed: ["status of 401"] });
  const dialog = page.getByRole("dialog", { name: "Admin token" });
  await dialog.getByText("The server asks for its admin token").waitFor();
  await judge(page, "token");
  await dialog.getByLabel("Token").fill("wrong");
  await dialog.getByRole("button", { name: "Use it" }).click();
  await dialog.getByText("The server does not take this token").waitFor();
  await dialog.getByLabel("Token").fill("s3cret");
  await dialog.getByRole("button", { name: "Use it" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.locator(".live.live").waitFor();
  await fetch(`${server.url}/orders`);
  await page.locator("[role=option]").filter({ hasText: "/orders" }).waitFor();
  await done();
});

test("a server that stopped is said to be gone, and is found again", async () => {
  const { page, done } = await open(browser, { url: `${server.url}/__admin/ui`, allowed: ["status of 401", "Failed to load resource", "ERR_"] });
  const dialog = page.getByRole("dialog", { name: "Admin token" });
  await dialog.getByLabel("Token").fill("s3cret");
  await dialog.getByRole("button", { name: "Use it" }).click();
  await page.locator(".live.live").waitFor();
  await server.stop();
  const alert = page.getByRole("alert").filter({ hasText: "The server does not answer" });
  await alert.waitFor();
  await judge(page, "stopped");
  await page.getByRole("link", { name: "Sessions" }).click();
  await page.getByRole("heading", { name: "Sessions" }).waitFor();
  server = await serve(new URL(server.url).port);
  await alert.waitFor({ state: "detached" });
  await page.locator(".live.live").waitFor();
  await page.getByRole("row").filter({ hasText: "default" }).waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  await done();
});

test("the documentation gets tokens of each kind of flow from the sandbox, and they are good", async () => {
  const desk = await serve(0, ["console/test/flows.yaml", "--credentials", "issued"]);
  const { page, done } = await open(browser, { url: `${desk.url}/docs`, allowed: ["status of 401"] });
  const block = page.locator("#operations-default-listTickets");
  await block.locator(".opblock-summary-control").click();
  await block.getByRole("button", { name: "Try it out" }).click();
  const tried = async () => {
    const [response] = await Promise.all([page.waitForResponse((one) => one.url().endsWith("/tickets")), block.locator("button.execute").click()]);
    return response.status();
  };
  assert.equal(await tried(), 401);
  for (const [scheme, fields] of [
    ["pw", { oauth_username: "ada", oauth_password: "secret", client_id: "me" }],
    ["cc", { client_id: "me", client_secret: "secret" }],
    ["oidc (OAuth2, client_credentials)", { client_id: "me", client_secret: "secret" }],
  ]) {
    await page.getByRole("button", { name: "Authorize", exact: true }).first().click();
    const box = page.locator(".auth-container").filter({ has: page.getByRole("heading", { name: scheme }) }).first();
    for (const [name, value] of Object.entries(fields)) await box.locator(`[id^="${name}"]`).first().fill(value);
    const [token] = await Promise.all([
      page.waitForResponse((one) => one.request().method() === "POST"),
      box.getByRole("button", { name: /Apply given OAuth2|Authorize/ }).click(),
    ]);
    assert.equal(token.status(), 200, scheme);
    assert.equal(new URL(token.url()).origin, desk.url);
    await box.getByText("Logout", { exact: true }).waitFor();
    await page.locator(".modal-ux .btn-done, .modal-ux .close-modal").first().click();
    assert.equal(await tried(), 200, scheme);
    await page.getByRole("button", { name: "Authorize", exact: true }).first().click();
    await box.getByText("Logout", { exact: true }).click();
    await page.locator(".modal-ux .btn-done, .modal-ux .close-modal").first().click();
  }
  await done();
  await desk.stop();
});
