// The ten minutes of a front end with the document of its own application: a client that is generated from what is served.
import assert from "node:assert/strict";
import { test } from "node:test";
import createClient from "openapi-fetch";
import type { paths } from "../src/fastapi.js";

const url = `${process.env.OWN_API_URL ?? "http://127.0.0.1:8001"}/fastapi`;
const credentials = { email: "ann@example.org", password: "correct-horse-9" };

/** Make a client of the server that the served document names, as generators do. */
async function client() {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as { servers: { url: string }[] };
  assert.equal(document.servers[0]?.url, url);
  return createClient<paths>({ baseUrl: url });
}

async function enter(api: Awaited<ReturnType<typeof client>>): Promise<string> {
  await api.POST("/api/v1/users/signup", { body: credentials });
  const { data, error } = await api.POST("/api/v1/login/access-token", {
    body: { username: credentials.email, password: credentials.password, scope: "" },
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  });
  assert.equal(error, undefined);
  return `${data!.token_type} ${data!.access_token}`;
}

test("who registers and logs in is somebody, and has what they made", async () => {
  const api = await client();
  const headers = { Authorization: await enter(api) };
  const me = await api.GET("/api/v1/users/me", { headers });
  assert.equal(me.data?.email, credentials.email);
  const made = await api.POST("/api/v1/items/", { headers, body: { title: "Lamp" } });
  assert.equal(made.data?.owner_id, me.data?.id);
  const read = await api.GET("/api/v1/items/{id}", { headers, params: { path: { id: made.data!.id } } });
  assert.deepEqual(read.data, made.data);
  const listed = await api.GET("/api/v1/items/", { headers });
  assert.ok(listed.data?.data.some((item) => item.id === made.data!.id));
});

test("a refused form names its field, and nobody without a token comes in", async () => {
  const api = await client();
  const headers = { Authorization: await enter(api) };
  const refused = await api.POST("/api/v1/items/", { headers, body: { title: "" } });
  assert.deepEqual(refused.error?.detail?.[0]?.loc, ["body", "title"]);
  const nobody = await api.GET("/api/v1/users/me");
  assert.equal(nobody.response.status, 401);
  const unknown = await api.GET("/api/v1/items/{id}", {
    headers,
    params: { path: { id: "7f1c1d4e-0b0c-4f0e-9d0a-0d5e8b1f2a3c" } },
  });
  assert.equal(unknown.response.status, 404);
});
