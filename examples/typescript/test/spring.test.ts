// The ten minutes again, by functions that orval generates from a document as springdoc writes it.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as shop from "../src/spring/api.js";

const bea = { username: "bea", email: "bea@example.org", password: "correct-horse-9" };

// Members of an exploded object are parameters of their own (OpenAPI 3.0, "Style Examples"); orval sends `pageable=[object Object]`.
const page = { page: 0, size: 100 } as unknown as shop.GetAllProductsParams;

async function enter(): Promise<RequestInit> {
  await shop.register(bea);
  const answer = await shop.login({ username: bea.username, password: bea.password });
  assert.ok(answer.status === 200);
  return { headers: { Authorization: `${answer.data.type} ${answer.data.token}` } };
}

test("who registers and logs in is somebody, and has what they made", async () => {
  const options = await enter();
  const me = await shop.getCurrentUser(options);
  assert.deepEqual([me.data.username, me.data.email], [bea.username, bea.email]);
  const made = await shop.createProduct({ name: "Cup", price: 4.5 }, options);
  assert.ok(made.status === 200);
  const read = await shop.getProduct(made.data.id!, options);
  assert.deepEqual(read.data, made.data);
  const listed = await shop.getAllProducts(page, options);
  assert.ok(listed.data.content?.some((product) => product.id === made.data.id));
});

test("what is refused says why, and nobody without a token comes in", async () => {
  const options = await enter();
  const taken = await shop.register(bea);
  assert.equal(taken.status, 409);
  const wrong = await shop.login({ username: bea.username, password: "wrong-one-1" });
  assert.equal(wrong.status, 401);
  const refused = await shop.createProduct({ name: "Cup", price: -1 }, options);
  assert.ok(refused.status === 400);
  assert.match(refused.data.message ?? "", /price/);
  const unknown = await shop.getProduct(424242, options);
  assert.equal(unknown.status, 404);
  const nobody = await shop.getCurrentUser();
  assert.equal(nobody.status as number, 401);
});

test("who logged out is nobody", async () => {
  const options = await enter();
  assert.equal((await shop.logout(options)).status, 200);
  assert.equal((await shop.getCurrentUser(options)).status as number, 401);
});
