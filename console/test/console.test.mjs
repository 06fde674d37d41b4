// The console in a real Chromium: each view once, at 360 and 1280 pixels, light and dark.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { call, CONSOLE, judge, launch, LOOKS, open } from "./page.mjs";

let browser;

before(async () => {
  browser = await launch();
  for (const name of ["default", "live", "mine"]) await call("DELETE", `/__admin/sessions/${name}`);
  await call("POST", "/customers", { id: "c-501", name: "Ada Byron", email: "ada@example.com" });
  await call("POST", "/orders", { customerId: "c-501", item: "A box of pencils", quantity: 2 });
  await call("POST", "/orders", { customerId: "c-1", item: "", quantity: 0 });
  await call("GET", "/orders?limit=2&status=open");
  await call("GET", "/orders/none-of-them");
  await call("GET", "/nothing-here");
});

after(() => browser?.close());

test("requests: what was called is listed, filtered, opened, copied and sent again", async () => {
  const { page, done } = await open(browser, { allowed: ["status of 400"] }); // which is what is sent again
  const rows = page.locator("[role=option]");
  await rows.filter({ hasText: "/nothing-here" }).waitFor();
  await page.getByLabel("Status", { exact: true }).selectOption("4xx");
  assert.ok((await rows.count()) >= 2);
  await page.getByLabel("Text in a request").fill("quantity");
  await rows.first().click();
  const opened = page.getByRole("article");
  await opened.getByText("What was refused").waitFor();
  assert.match(await opened.innerText(), /body \/quantity/);
  assert.equal(await opened.locator(".line.wrong[data-pointer='/quantity']").count(), 1);

  await opened.getByRole("button", { name: "Copy as curl" }).click();
  await page.getByText("is in the clipboard").waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(command, /^curl -X POST 'http.*\/orders'/);
  assert.match(command, /"quantity":0/);

  const before = await rows.count();
  await opened.getByRole("button", { name: "Replay" }).click();
  await page.waitForFunction((count) => document.querySelectorAll("[role=option]").length === count, before + 1);
  await page.keyboard.press("Escape");
  await opened.waitFor({ state: "detached" });
  await done();
});

test("requests: they come as they happen, and a key chooses the next", async () => {
  await call("POST", "/__admin/sessions", { name: "live" });
  const { page, done } = await open(browser, { url: `${CONSOLE}#/requests?session=live` });
  await page.getByText("Nothing was called in the session live yet").waitFor();
  await page.locator(".live.live").waitFor();
  await call("GET", "/orders", undefined, "live");
  await call("GET", "/customers", undefined, "live");
  await page.locator("[role=option]").filter({ hasText: "/orders" }).waitFor();
  await page.getByRole("listbox").focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("article", { name: "Request 2" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("article", { name: "Request 1" }).waitFor();

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "HAR" }).click();
  assert.equal((await download).suggestedFilename(), "live.har");

  // A reset does not end the stream.
  await call("POST", "/__admin/sessions/live/reset");
  await call("DELETE", "/orders/gone", undefined, "live");
  await page.locator("[role=option]").filter({ hasText: "/orders/gone" }).waitFor();
  await call("DELETE", "/__admin/sessions/live");
  await done();
});

test("sessions: made, restored, compared, reset and forgotten", async () => {
  const { page, done } = await open(browser, { url: `${CONSOLE}#/sessions` });
  await page.getByLabel("Name of a new session").fill("a b");
  await page.getByText("1 to 64 of").waitFor();
  await page.getByLabel("Name of a new session").fill("mine");
  await page.getByRole("button", { name: "New session" }).click();
  const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "mine", exact: true }) });
  await row.waitFor();

  await row.getByRole("button", { name: "Compare" }).click();
  await page.getByText("/customers c-501").first().waitFor();
  await judge(page, "compare");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await row.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("button", { name: "Copy it" }).click();
  await page.getByText("mine is in the state of default").waitFor();
  await row.getByRole("button", { name: "Compare" }).click();
  await page.getByText("Both remember the same").waitFor();
  await page.getByRole("button", { name: "Close" }).click();

  const download = page.waitForEvent("download");
  await row.getByRole("button", { name: "Snapshot" }).click();
  assert.equal((await download).suggestedFilename(), "mine.snapshot.json");

  await row.getByRole("button", { name: "Reset" }).click();
  await page.getByText("mine is as new").waitFor();
  await row.getByRole("button", { name: "Forget" }).click();
  await row.waitFor({ state: "detached" });
  await done();
});

for (const { width, scheme, name } of LOOKS) {
  test(`each view is accessible: ${width} px, ${scheme}`, async () => {
    const { page, done } = await open(browser, { width, scheme });
    await page.locator("[role=option]").first().waitFor();
    await judge(page, `requests-${name}`);
    await page.locator("[role=option]").filter({ hasText: "POST" }).first().click();
    await page.getByRole("article").waitFor();
    await judge(page, `request-${name}`);
    await page.goto(`${CONSOLE}#/sessions`);
    await page.getByRole("row").nth(1).waitFor();
    await judge(page, `sessions-${name}`);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, "nothing is wider than the page");
    await done();
  });
}
