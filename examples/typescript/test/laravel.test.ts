// The ten minutes again, by the client that Hey API generates from a document as Laravel's generators write it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../src/laravel/client/index.js";
import { client } from "../src/laravel/client.gen.js";
import * as blog from "../src/laravel/sdk.gen.js";

const cy = { name: "Cy", email: "cy@example.org", password: "correct-horse-9" };

/** Register or log in, and make a client of whoever that is. */
async function enter() {
  await blog.authRegister({ body: { ...cy, password_confirmation: cy.password } });
  const { data, error } = await blog.authLogin({ body: { email: cy.email, password: cy.password } });
  assert.equal(error, undefined);
  return createClient({ baseUrl: client.getConfig().baseUrl!, auth: data!.token });
}

test("who registers and logs in is somebody, and has what they made", async () => {
  const own = await enter();
  const me = await blog.authUser({ client: own });
  assert.equal(me.data?.data.email, cy.email);
  const made = await blog.postsStore({ client: own, body: { title: "Hello", body: "…" } });
  const read = await blog.postsShow({ client: own, path: { post: made.data!.data.id } });
  assert.deepEqual(read.data, made.data);
  const listed = await blog.postsIndex({ client: own });
  assert.ok(listed.data?.data.some((post) => post.id === made.data!.data.id));
});

test("a refused form has a list of sentences for each field, and who logged out is nobody", async () => {
  const own = await enter();
  const refused = await blog.postsStore({ client: own, body: { title: "Hello" } as never });
  assert.equal(refused.response?.status, 422);
  assert.deepEqual(Object.keys((refused.error as { errors: object }).errors), ["body"]);
  const taken = await blog.authRegister({ body: { ...cy, password_confirmation: cy.password } });
  assert.equal(taken.response?.status, 422);
  await blog.authLogout({ client: own });
  const nobody = await blog.authUser({ client: own });
  assert.equal(nobody.response?.status, 401);
});
