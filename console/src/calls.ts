// Calls of the sandboxes: an entry of the journal as a command, and sent again.
import { base, type Entry } from "./api";
import { apis } from "./state";

/** Headers that belong to one connection, or that a browser sets itself. */
const OWN = new Set(["host", "connection", "content-length", "accept-encoding", "transfer-encoding", "keep-alive", "sandbox-session"]);
const REDACTED = "[redacted]";

const root = location.origin + base.replace(/\/__admin$/, "").replace(/\/~[^/]*$/, "");

/** Return where an API is served: one alone at the root, several each under its name. */
export function mountOf(api: string): string {
  return apis.value.length > 1 ? `${root}/${api}` : root;
}

export interface Call {
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
}

/** Make the call that an entry tells of again, into a session. A credential, which is redacted, becomes any other. */
export function callOf(entry: Entry, session: string): Call {
  const headers: Record<string, string> = { "Sandbox-Session": session };
  for (const [name, value] of Object.entries(entry.requestHeaders)) {
    if (OWN.has(name) || name.startsWith("sec-")) continue;
    headers[name] = [value].flat().join(", ").replaceAll(REDACTED, "any-credential");
  }
  const query = new URLSearchParams(Object.entries(entry.query).flatMap(([name, value]) => [value].flat().map((one) => [name, one])));
  const search = query.size ? `?${query}` : "";
  return { method: entry.method, url: root + entry.path + search, headers, body: bodyOf(entry) };
}

function bodyOf(entry: Entry): string | undefined {
  const body = entry.requestBody as unknown;
  if (body === undefined || body === null) return undefined;
  const type = String(entry.requestHeaders["content-type"] ?? "");
  if (typeof body === "object" && type.includes("x-www-form-urlencoded")) return new URLSearchParams(body as Record<string, string>).toString();
  return typeof body === "string" && !type.includes("json") ? body : JSON.stringify(body);
}

export function curl(call: Call): string {
  const words = [`curl -X ${call.method} ${quoted(call.url)}`];
  for (const [name, value] of Object.entries(call.headers)) words.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (call.body !== undefined) words.push(`--data-raw ${quoted(call.body)}`);
  return words.join(" \\\n  ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What a browser may not send, which it would leave out without a word. */
const FORBIDDEN = new Set(["cookie", "user-agent", "origin", "referer", "date", "te", "upgrade", "via", "expect", "trailer"]);

export async function send(call: Call): Promise<{ status: number; ms: number; headers: Record<string, string>; body: unknown }> {
  const headers = Object.fromEntries(Object.entries(call.headers).filter(([name]) => !FORBIDDEN.has(name.toLowerCase())));
  const began = performance.now();
  const takesBody = !["GET", "HEAD"].includes(call.method);
  const response = await fetch(call.url, { method: call.method, headers, body: takesBody ? call.body : undefined, redirect: "manual", cache: "no-store" });
  const text = await response.text();
  return {
    status: response.status,
    ms: performance.now() - began,
    headers: Object.fromEntries(response.headers),
    body: parsed(text),
  };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
