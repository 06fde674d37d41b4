import assert from "node:assert/strict";
import { test } from "node:test";
import { Accounts, AccountsError, type NewAccount } from "../src/accounts.js";
import { problem, table } from "../src/view.js";
import { Sandbox } from "./sandbox.js";

const acme: NewAccount = { id: "acme-main", name: "Acme & Sons", customerId: "acme", invoiceCurrency: "EUR" };

test("a new account is on the page", async (t) => {
  const accounts = new Accounts(new Sandbox(t).url, "anything");
  const created = await accounts.create(acme);
  assert.equal(created.id, "acme-main");
  assert.deepEqual((await accounts.all()).filter((one) => one.id === "acme-main"), [created]);
  assert.match(table(await accounts.all()), /<td>acme-main<\/td><td>Acme &amp; Sons<\/td><td>EUR<\/td>/);
});

test("the same id is free in another session", async (t) => {
  const accounts = new Accounts(new Sandbox(t).url, "anything");
  assert.equal((await accounts.create(acme)).id, "acme-main");
});

test("an id that is taken says so", async (t) => {
  const accounts = new Accounts(new Sandbox(t).url, "anything");
  await accounts.create(acme);
  await assert.rejects(accounts.create(acme), (error: AccountsError) => {
    assert.equal(error.status, 400);
    assert.match(problem(error), /role="alert".*acme-main/);
    return true;
  });
});

test("all pages are read", async (t) => {
  const accounts = new Accounts(new Sandbox(t).url, "anything");
  const before = (await accounts.all()).length;
  for (let at = 0; at < 7; at += 1) await accounts.create({ ...acme, id: `acme-${at}`, name: `Acme ${at}` });
  const found = await accounts.all(3);
  assert.equal(found.length, before + 7);
  assert.equal(new Set(found.map((one) => one.id)).size, found.length);
});

test("a bad moment is waited out", async (t) => {
  const sandbox = new Sandbox(t);
  await sandbox.fail("createAccount", { sequence: [{ kind: "status", status: 500 }, { kind: "reset" }, { kind: "normal" }] });
  assert.equal((await new Accounts(sandbox.url, "anything").create(acme)).id, "acme-main");
  assert.deepEqual((await sandbox.calls("createAccount")).map((call) => call.status), [500, 0, 201]);
});

test("a page that cannot be reached says so", async (t) => {
  const sandbox = new Sandbox(t);
  await sandbox.fail("getAccounts", { fault: { kind: "empty" } });
  await assert.rejects(new Accounts(sandbox.url, "anything").all(), /cannot be reached/);
});

test("a token that was taken back is refused", async (t) => {
  await assert.rejects(new Accounts(new Sandbox(t).url, "sandbox-revoked").all(), (error: AccountsError) => error.status === 401);
});

test("what the page sends is what was typed", async (t) => {
  const sandbox = new Sandbox(t);
  await new Accounts(sandbox.url, "anything").create(acme);
  assert.deepEqual((await sandbox.calls("createAccount"))[0]?.requestBody, acme);
});
