// The documentation of a contract in a real Chromium: an operation is tried with a credential of the box, and with one that the sandbox's own
// authorization endpoint gave.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open } from "./page.mjs";

const DOCS = process.env.DOCS_URL ?? "http://127.0.0.1:8001/docs";
const PICTURES = new URL("../../build/console/", import.meta.url).pathname;
let browser;

before(async () => {
  browser = await launch();
});

after(() => browser?.close());

/** Open an operation, try it, and return the status that it was answered with. */
async function tried(page, operation) {
  const block = page.locator(`#operations-default-${operation}`);
  if ((await block.locator("button.execute").count()) === 0) {
    await block.locator(".opblock-summary-control").click();
    await block.getByRole("button", { name: "Try it out" }).click();
  }
  const [response] = await Promise.all([
    page.waitForResponse((one) => one.request().method() === "GET" && /\/(events|members)/.test(one.url())),
    block.locator("button.execute").click(),
  ]);
  return response;
}

test("Authorize leads to the sandbox, and what it gives is good", async () => {
  const { page, done } = await open(browser, { url: DOCS, allowed: ["status of 401"] });
  assert.equal(await page.title(), "Club calendar - understudy");
  assert.equal((await tried(page, "listEvents")).status(), 401);

  await page.getByRole("button", { name: "Authorize", exact: true }).first().click();
  const dialog = page.locator(".auth-container").filter({ hasText: "authorizationCode" });
  await dialog.getByText("Read the calendar").click();
  const [popup] = await Promise.all([
    page.waitForEvent("popup"),
    dialog.getByRole("button", { name: /Apply given OAuth2|Authorize/ }).click(),
  ]);
  assert.equal(new URL(popup.url()).origin, new URL(DOCS).origin);
  await popup.screenshot({ path: `${PICTURES}authorize.png` });
  await popup.getByRole("button", { name: "Allow" }).click();
  await dialog.getByText("Logout").waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  const answered = await tried(page, "listEvents");
  assert.equal(answered.status(), 200);
  assert.ok((await answered.json()).length > 0);
  await page.screenshot({ path: `${PICTURES}docs.png` });
  await done();
});

test("the box says which credential each request has", async () => {
  const { page, done } = await open(browser, { url: DOCS, allowed: ["status of 401"] });
  await page.getByLabel("Credential").fill("sandbox-revoked");
  const answered = await tried(page, "listMembers");
  assert.equal(answered.request().headers()["x-club-key"], "sandbox-revoked");
  assert.equal(answered.status(), 401);
  await page.getByRole("link", { name: "All sandboxes" }).click();
  await page.getByRole("heading", { name: "understudy" }).waitFor();
  await done();
});
