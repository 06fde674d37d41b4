// A session of the sandbox for each test: its own records, its own faults, its own journal.
import { randomUUID } from "node:crypto";
import type { TestContext } from "node:test";

const server = process.env.SANDBOX_URL ?? "http://127.0.0.1:8000";

export interface Call {
  method: string;
  path: string;
  operationId: string;
  status: number;
  requestBody?: unknown;
}

export class Sandbox {
  private readonly name = `ts-${randomUUID()}`;
  private readonly admin = `${server}/__admin/sessions/${this.name}`;

  /** Where the page finds the API; the session stands in the path, so the page's own code needs no header. */
  readonly url = `${server}/~${this.name}/togai`;

  constructor(test: TestContext) {
    test.after(() => fetch(this.admin, { method: "DELETE" }));
  }

  /** Make calls of an operation go wrong. */
  async fail(operation: string, rule: object): Promise<void> {
    await this.ask("POST", "/faults", { match: { operation }, ...rule });
  }

  /** The calls of this session so far. */
  async calls(operation: string): Promise<Call[]> {
    return ((await this.ask("GET", `/journal?operation=${operation}`)) as { items: Call[] }).items;
  }

  private async ask(method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(this.admin + path, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}
