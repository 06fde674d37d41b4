// The console in a real Chromium: each view once, at 360 and 1280 pixels, light and dark.
import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { call, CONSOLE, judge, launch, LOOKS, open } from "./page.mjs";

/** The other views, with where each is and what shows that it is there. */
const VIEWS = [
  ["sessions", "sessions", "tbody tr"],
  ["records", "records?collection=/orders", "tbody tr"],
  ["record", "records?collection=/customers&record=c-501", "form.record"],
  ["operations", "operations", "svg rect"],
  ["operation", "operations?operation=post%20/orders", "textarea"],
  ["faults", "faults", "tbody tr"],
  ["fault", "faults?make=fault", "dialog select"],
  ["clock", "clock", "time"],
  ["webhooks", "webhooks", "tbody tr"],
];

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
  await call("POST", "/__admin/sessions/default/faults", { match: { operation: "shipOrder" }, fault: { kind: "status", status: 503 } });
  await call("POST", "/__admin/sessions/default/answers", { operation: "getOrder", when: { pathParameters: { orderId: "o-4444" } }, status: 404 });
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

test("requests: ten thousand scroll, by wheel and by key, with few rows in the page", async () => {
  await call("DELETE", "/__admin/sessions/many");
  for (let sent = 0; sent < 10_000; sent += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, index) => call(index % 100 ? "GET" : "DELETE", `/customers/c-${String(100 + (sent + index) / 100).slice(0, 3)}`, undefined, "many")));
  }
  const { page, done } = await open(browser, { url: `${CONSOLE}#/requests?session=many` });
  page.context().setDefaultTimeout(30_000);
  await page.getByText("10,000 requests").waitFor();
  const list = page.getByRole("listbox");
  const rows = page.locator("[role=option]");
  const chosen = page.locator("[role=option][aria-selected=true]");
  const bounded = async () => assert.ok((await rows.count()) < 100, `${await rows.count()} rows are in the page`);
  await bounded();

  await list.hover();
  await page.mouse.wheel(0, 150_000);
  await page.waitForFunction(() => Number(document.querySelector("[role=option]").getAttribute("aria-posinset")) > 4000);
  await bounded();
  await list.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await page.locator("[aria-posinset='10000']").waitFor();
  await bounded();

  await list.focus();
  const at = async (place) => {
    await page.locator(`[role=option][aria-selected=true][aria-posinset="${place}"]`).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("role")), "listbox");
    assert.equal(await list.getAttribute("aria-activedescendant"), await chosen.getAttribute("id"));
    await bounded();
  };
  await page.keyboard.press("Home");
  await at(1);
  await page.getByRole("article", { name: "Request 10000", exact: true }).waitFor();
  await page.keyboard.press("End");
  await at(10_000);
  await page.getByRole("article", { name: "Request 1", exact: true }).waitFor();
  await page.keyboard.press("Home");
  await at(1);
  await page.keyboard.press("PageDown");
  const seen = await list.evaluate((element) => Math.floor(element.clientHeight / 30) - 1);
  await at(1 + seen);

  // Who reads further down is not moved by what comes in.
  await list.evaluate((element) => (element.scrollTop = 60_000));
  await page.locator("[aria-posinset='2005']").waitFor();
  const read = await page.locator("[aria-posinset='2005']").innerText();
  await call("GET", "/orders", undefined, "many");
  await page.getByText("10,001 requests").waitFor();
  await page.locator("[aria-posinset='2006']").waitFor();
  assert.equal(await page.locator("[aria-posinset='2006']").innerText(), read);
  assert.equal(await list.evaluate((element) => element.scrollTop), 60_030);

  await page.getByLabel("Text in a request").fill("DELETE");
  await page.getByText("100 requests").waitFor();
  await bounded();
  await judge(page, "many");
  await page.keyboard.press("Escape");
  await page.getByRole("article").waitFor({ state: "detached" });
  await list.and(page.locator(":focus")).waitFor();
  await call("DELETE", "/__admin/sessions/many");
  await done();
});

test("on a narrow page the view that is shown is in sight among the tabs", async () => {
  const { page, done } = await open(browser, { width: 360, url: `${CONSOLE}#/webhooks` });
  const tab = page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Webhooks" });
  await page.waitForFunction(() => document.querySelector(".views").scrollLeft > 0);
  const { x, width } = await tab.boundingBox();
  assert.ok(x >= 0 && x + width <= 360, `${x} to ${x + width}`);
  await page.getByRole("link", { name: "Requests" }).click();
  await page.waitForFunction(() => document.querySelector(".views").scrollLeft === 0);
  await done();
});

test("requests: those that nothing matched say what came nearest", async () => {
  await call("DELETE", "/__admin/sessions/missed");
  for (const path of ["/orders", "/customers", "/ordrs"]) await call("GET", path, undefined, "missed");
  await call("POST", "/__admin/sessions/missed/verify", { operation: "listOrders" });
  const { page, done } = await open(browser, { url: `${CONSOLE}#/requests?session=missed` });
  const rows = page.locator("[role=option]");
  await rows.nth(2).waitFor();
  await page.getByLabel("Status", { exact: true }).selectOption("Nothing matched");
  await page.getByText("2 requests", { exact: true }).waitFor();
  assert.equal(await rows.count(), 2);
  await rows.filter({ hasText: "/customers" }).click();
  await page.getByText("nothing that was verified counts it; listOrders came nearest").waitFor();
  await rows.filter({ hasText: "/ordrs" }).click();
  assert.equal(await page.locator(".why p").filter({ hasText: "the nearest operations are /orders" }).count(), 1);
  await judge(page, "unmatched");
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

test("requests: one is made a fault, and another an answer", async () => {
  await call("DELETE", "/__admin/sessions/steered");
  await call("GET", "/orders?limit=2", undefined, "steered");
  const { page, done } = await open(browser, { url: `${CONSOLE}#/requests?session=steered&entry=1`, allowed: ["status of 400"] });
  await page.getByText("Taken for a list of /orders").waitFor();
  await page.getByRole("link", { name: "Make this a fault" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator("optgroup[label=shop]").waitFor({ state: "attached" });
  assert.equal(await dialog.getByLabel("Operation").inputValue(), "shop get /orders");
  await dialog.getByLabel("status", { exact: true }).fill("502");
  await dialog.getByLabel("For the next").fill("1");
  await dialog.getByRole("button", { name: "Add the fault" }).click();
  await page.getByText("fault-1 strikes from now on").waitFor();
  assert.equal((await call("GET", "/orders", undefined, "steered")).status, 502);

  await page.goto(`${CONSOLE}#/requests?session=steered&entry=1`);
  await page.getByRole("link", { name: "Make this an answer" }).click();
  await dialog.getByLabel("Save it to").uncheck();
  await dialog.getByLabel("Body, in JSON").fill('{"items": [], "total": "none"}');
  await dialog.getByRole("button", { name: "Add the answer" }).click();
  await dialog.getByRole("listitem").filter({ hasText: "/body/total" }).waitFor();
  await judge(page, "answer");
  await dialog.getByLabel("Body, in JSON").fill('{"items": [], "total": 77}');
  await dialog.getByRole("button", { name: "Add the answer" }).click();
  await page.getByText("answer-1 is given from now on").waitFor();
  assert.equal((await call("GET", "/orders?limit=2", undefined, "steered")).body.total, 77);
  await page.getByRole("row").filter({ hasText: "answer-1" }).getByRole("button", { name: "Remove" }).click();
  await page.getByText("The sandbox answers everything itself").waitFor();
  await page.goto(`${CONSOLE}#/requests?session=steered&entry=2`);
  await page.getByText("A fault was applied: status=502").waitFor();
  await done();
});

test("requests: one is made an answer that is saved to the folder, and nothing there is lost", async () => {
  await call("DELETE", "/__admin/sessions/saving");
  await call("GET", "/orders?limit=3", undefined, "saving");
  await writeFile(`${process.env.ANSWERS}/listOrders-200.yaml`, "{operation: getOrder, status: 404, when: {path: /orders/never}}");
  const { page, done } = await open(browser, { url: `${CONSOLE}#/requests?session=saving&entry=1`, allowed: ["status of 409", "status of 400"] });
  await page.getByRole("link", { name: "Make this an answer" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Body, in JSON").fill('{"items": [], "total": 78}');
  assert.equal(await dialog.getByLabel("File", { exact: true }).inputValue(), "listOrders-200.yaml");
  await dialog.getByRole("button", { name: "Save the answer" }).click();
  await dialog.getByText("there is a file of this name").waitFor();
  await judge(page, "answer-saved");
  await dialog.getByLabel("File", { exact: true }).fill("many orders");
  await dialog.getByRole("button", { name: "Save the answer" }).click();
  await dialog.getByText("1 to 95 of").waitFor();
  await dialog.getByLabel("File", { exact: true }).fill("many-orders");
  await dialog.getByRole("button", { name: "Save the answer" }).click();
  await page.getByText("is saved to").waitFor();
  assert.match(await readFile(`${process.env.ANSWERS}/many-orders.yaml`, "utf8"), /total: 78/);
  assert.equal((await call("GET", "/orders?limit=3", undefined, "elsewhere")).body.total, 78);
  await page.getByRole("row").filter({ hasText: "many-orders.yaml" }).waitFor();
  await done();
  for (const name of ["many-orders", "listOrders-200"]) await rm(`${process.env.ANSWERS}/${name}.yaml`);
  for (const name of ["default", "steered", "elsewhere", "saving"]) await clearFiles(name);
});

/** Take the answers of files out of a session at once, and not when the server has seen that the files are gone. */
async function clearFiles(session) {
  const { body } = await call("GET", `/__admin/sessions/${session}/answers`);
  for (const one of body.items.filter((each) => each.source)) await call("DELETE", `/__admin/sessions/${session}/answers/${one.id}`);
}

test("records: found, followed, edited, refused with the field, added and deleted", async () => {
  const { page, done } = await open(browser, { url: `${CONSOLE}#/records?collection=/orders`, allowed: ["status of 400"] });
  await page.getByRole("row").nth(1).waitFor();
  await page.getByLabel("Text in a record").fill("box of PENCILS");
  await page.getByText("1 record", { exact: true }).waitFor();
  await page.getByRole("rowheader").getByRole("link").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("quantity").fill("0");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.locator(".field .wrong-text").filter({ hasText: "expected at least 1, got 0" }).waitFor();
  assert.equal(await dialog.getByLabel("quantity").getAttribute("aria-invalid"), "true");
  await judge(page, "record-refused");
  await dialog.getByLabel("quantity").fill("7");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("is saved").waitFor();
  await dialog.getByText("version 2").waitFor();
  await dialog.getByText("Requests about it").waitFor();
  await dialog.getByRole("link", { name: "/orders" }).first().waitFor();
  await dialog.getByRole("link", { name: "/customers c-501" }).click();
  await page.getByRole("dialog", { name: "customer c-501" }).waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();

  await page.getByRole("button", { name: "Add a record" }).click();
  await dialog.getByLabel("name").fill("Grace Hopper");
  await dialog.getByLabel("Key").fill("c-777"); // after it, since what was typed once got lost when the key was
  await dialog.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("c-777 is added").waitFor();
  assert.equal((await call("GET", "/customers/c-777")).body.name, "Grace Hopper");
  await page.getByRole("link", { name: "c-777" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await page.getByText("c-777 is deleted").waitFor();
  await done();
});

test("operations: told, pictured, tried with what is filled in, steered, and what was touched", async () => {
  await call("POST", "/__admin/sessions/steered/reset");
  const { page, done } = await open(browser, { url: `${CONSOLE}#/operations?session=steered`, allowed: ["status of 404"] });
  await page.getByRole("link", { name: "Records of /orders" }).waitFor();
  assert.equal(await page.locator("svg .arrow").count(), 1);
  await page.getByText("Not called: 10 operations").waitFor();
  await page.getByLabel("Text in an operation").fill("createorder");
  await page.getByRole("navigation", { name: "Operations" }).getByRole("link", { name: "POST /orders" }).click();
  await page.getByText("Creates one order.").waitFor();
  await page.getByText("The members customerId, item and quantity of the request.").waitFor();
  await page.getByText("Status 201 with Order. Location says where it is.").waitFor();
  await page.getByText("webhook order.created").waitFor();
  const body = page.getByLabel("Body, application/json");
  await page.waitForFunction(() => document.querySelector("textarea")?.value.includes("customerId"));
  await page.getByRole("button", { name: "Send" }).click();
  const answer = page.getByRole("region", { name: "The answer" });
  await answer.getByText("201").waitFor();
  await page.getByText("Touched by 1 call").waitFor();
  await page.locator(".chips .done").filter({ hasText: "/quantity 1" }).first().waitFor();

  await page.getByLabel("Text in an operation").fill("getorder");
  await page.getByRole("navigation", { name: "Operations" }).getByRole("link", { name: "GET /orders/{orderId}" }).click();
  await page.getByText("Reads one order.").waitFor();
  await page.getByLabel("Prefer").selectOption("404");
  await page.waitForFunction(() => document.querySelector(".parameters input:not([type=checkbox])")?.value.startsWith("o-"));
  await page.getByRole("button", { name: "Send" }).click();
  await answer.locator(".status").filter({ hasText: "404" }).waitFor();
  assert.equal(await body.count(), 0);
  await done();
});

test("clock: moved on, frozen and thawed", async () => {
  await call("POST", "/__admin/sessions/steered/reset");
  const { page, done } = await open(browser, { url: `${CONSOLE}#/clock?session=steered` });
  const before = await page.getByRole("time").innerText();
  await page.getByRole("button", { name: "+ 1 day" }).click();
  await page.waitForFunction((text) => document.querySelector("time").textContent !== text, before);
  await page.getByLabel("Time (UTC)").fill("2031-02-03T04:05:06");
  await page.getByRole("button", { name: "Set and freeze" }).click();
  await page.getByText("frozen", { exact: true }).waitFor();
  assert.equal((await call("GET", "/__admin/sessions/steered/clock")).body.now.slice(0, 19), "2031-02-03T04:05:06");
  await page.getByRole("button", { name: "Thaw" }).click();
  await page.getByText("frozen", { exact: true }).waitFor({ state: "detached" });
  await done();
});

test("webhooks: a target is added, one is sent, and what came of it is told", async () => {
  const { page, done } = await open(browser, { url: `${CONSOLE}#/webhooks?session=steered`, allowed: ["status of 400"] });
  await page.getByLabel("URL of a new target").fill("no address");
  await page.getByRole("button", { name: "Add a target" }).click();
  await page.getByRole("alert").filter({ hasText: "an absolute URL" }).waitFor();
  await page.getByLabel("URL of a new target").fill("http://127.0.0.1:9/hooks");
  await page.getByRole("button", { name: "Add a target" }).click();
  await page.getByRole("row").filter({ hasText: "127.0.0.1:9" }).waitFor();
  await page.getByRole("row").filter({ hasText: "order.created" }).getByRole("button", { name: "Send" }).click();
  await page.getByRole("button", { name: "Send it now" }).click();
  await page.getByText("order.created goes to 1 target").waitFor();
  await page.getByText("1 delivery due").waitFor();
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
    for (const [view, address, waited] of VIEWS) {
      await page.goto(`${CONSOLE}#/${address}`);
      await page.locator(waited).first().waitFor();
      await judge(page, `${view}-${name}`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, `${view} is no wider than the page`);
    }
    await done();
  });
}
