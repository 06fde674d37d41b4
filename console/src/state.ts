// What all views share: where one is, which session is looked at, and what the server serves.
import { computed, effect, signal } from "@preact/signals";
import { asked, client, token, type Api, type Session } from "./api";

export const VIEWS = ["requests", "records", "operations", "faults", "sessions", "clock", "webhooks"] as const;
export type View = (typeof VIEWS)[number];

export interface Route {
  view: View;
  /** What is opened in the view: an entry, a record, an operation. */
  query: Record<string, string>;
}

function read(): Route {
  const [path = "", search = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const view = VIEWS.find((name) => name === path) ?? "requests";
  return { view, query: Object.fromEntries(new URLSearchParams(search)) };
}

export const route = signal<Route>(read());
addEventListener("hashchange", () => (route.value = read()));

/** Write an address of a view; what is undefined or empty is left out. */
export function address(view: View, query: Record<string, string | undefined> = {}): string {
  const said = Object.entries({ session: session.peek(), ...query }).filter(([, value]) => value);
  const search = new URLSearchParams(said as [string, string][]).toString();
  return search ? `#/${view}?${search}` : `#/${view}`;
}

/** Go to an address; with `replace`, without a step in the history. */
export function go(view: View, query: Record<string, string | undefined> = {}, replace = false): void {
  const to = address(view, query);
  if (replace) {
    history.replaceState(null, "", to);
    route.value = read();
  } else {
    location.hash = to;
  }
}

/** Change some of what is said in the address of the view one is in. */
export function say(query: Record<string, string | undefined>, replace = true): void {
  go(route.value.view, { ...route.value.query, ...query }, replace);
}

export const session = computed(() => route.value.query["session"] || "default");

export const apis = signal<Api[]>([]);
export const sessions = signal<Session[]>([]);

export async function loadApis(): Promise<void> {
  apis.value = (await asked(client.GET("/apis"))).items;
}

export async function loadSessions(): Promise<void> {
  sessions.value = (await asked(client.GET("/sessions"))).items;
}

/** Sentences that come and go at the lower edge. */
export const notices = signal<{ id: number; text: string; kind: "done" | "wrong" }[]>([]);
let last = 0;

export function tell(text: string, kind: "done" | "wrong" = "done"): void {
  const id = ++last;
  notices.value = [...notices.value, { id, text, kind }];
  setTimeout(() => (notices.value = notices.value.filter((notice) => notice.id !== id)), kind === "done" ? 4000 : 9000);
}

// Whoever types a token sees at once what it opens.
effect(() => {
  token.value;
  void Promise.all([loadApis(), loadSessions()]).catch(() => undefined);
});
