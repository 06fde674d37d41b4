// The admin API: a client generated from specs/admin.yaml, with the token that somebody typed.
import { signal } from "@preact/signals";
import createClient from "openapi-fetch";
import type { components, paths } from "./admin";

export type Schemas = components["schemas"];
export type Entry = Schemas["Entry"];
export type Session = Schemas["Session"];
export type Api = Schemas["Api"];
export type Failure = Schemas["Failure"];
export type Problem = Schemas["Problem"];

/** The path of the admin API, wherever the page was served from: also behind a proxy, or below `/~session`. */
export const base = location.pathname.replace(/\/ui\/?$/, "");

const KEPT = "understudy.token";

export const token = signal(sessionStorage.getItem(KEPT) ?? "");
/** Why a token is asked for; empty while none is needed. */
export const tokenWanted = signal("");
/** Why the server cannot be reached; empty while it can. */
export const unreachable = signal("");

export const client = createClient<paths>({ baseUrl: base });

client.use({
  onRequest({ request }) {
    if (token.value) request.headers.set("Authorization", `Bearer ${token.value}`);
    return request;
  },
  onResponse({ response }) {
    unreachable.value = "";
    if (response.status === 401) {
      tokenWanted.value = token.value ? "The server does not take this token." : "The server asks for its admin token.";
    }
  },
  onError() {
    unreachable.value = "The server does not answer. It may have stopped; the page tries again.";
    return new Error("The call did not reach the server."); // a browser says "Failed to fetch"
  },
});

/** Keep a token for as long as this tab is open, and ask again for what was refused. */
export function useToken(typed: string): void {
  sessionStorage.setItem(KEPT, typed);
  token.value = typed;
  tokenWanted.value = "";
}

/** A refusal of the admin API, in its own words. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
  }

  get failures(): Failure[] {
    return this.problem.errors ?? [];
  }
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Return what was answered. Throws Refused. */
export async function asked<T>(answering: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answering;
  if (response.ok) return data as T;
  const problem = error && typeof error === "object" && "detail" in error ? (error as Problem) : undefined;
  throw new Refused(problem ?? { type: "about:blank", title: response.statusText, status: response.status, detail: `The server answered ${response.status}.` });
}

/** Say what is wrong with one value. */
export function refusal({ rule, expected, received }: Failure): string {
  if (rule === "required") return "is required";
  return `expected ${expected}${received ? `, got ${received}` : ""}`;
}

export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
