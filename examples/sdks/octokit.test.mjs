// Octokit, GitHub's own client.
import assert from "node:assert/strict";
import test from "node:test";
import { Octokit } from "@octokit/rest";

const octokit = new Octokit({ auth: "token", baseUrl: process.env.SANDBOX_URL, log: { debug() {}, info() {}, warn() {}, error() {} } });
const repo = { owner: "octo", repo: "demo" };

test("an issue is created, listed, read, changed, and has its comments", async () => {
  const made = (await octokit.issues.create({ ...repo, title: "Found a bug", body: "It breaks" })).data;
  assert.equal(made.title, "Found a bug");
  const named = { ...repo, issue_number: made.number };
  assert.equal((await octokit.issues.get(named)).data.title, "Found a bug");
  const listed = await octokit.paginate(octokit.issues.listForRepo, { ...repo, per_page: 2 });
  assert.ok(listed.some((one) => one.number === made.number));
  assert.equal((await octokit.issues.update({ ...named, state: "closed" })).data.state, "closed");
  const comment = (await octokit.issues.createComment({ ...named, body: "Mended" })).data;
  const comments = (await octokit.issues.listComments(named)).data;
  assert.deepEqual(comments.map((one) => one.id), [comment.id]);
});

test("a comment that was deleted is not listed", async () => {
  const named = { ...repo, issue_number: (await octokit.issues.create({ ...repo, title: "Another" })).data.number };
  const comment = (await octokit.issues.createComment({ ...named, body: "Gone" })).data;
  await octokit.issues.deleteComment({ ...repo, comment_id: comment.id });
  assert.deepEqual((await octokit.issues.listComments(named)).data, []);
});

test("a label that was deleted is not found", async () => {
  await octokit.issues.createLabel({ ...repo, name: "urgent", color: "ff0000" });
  assert.equal((await octokit.issues.getLabel({ ...repo, name: "urgent" })).data.color, "ff0000");
  await octokit.issues.deleteLabel({ ...repo, name: "urgent" });
  await assert.rejects(octokit.issues.getLabel({ ...repo, name: "urgent" }), { status: 404 });
});
