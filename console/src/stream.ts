// The journal of a session as it grows: Server-Sent Events read with fetch, since EventSource sends no token.
import { signal } from "@preact/signals";
import { base, token, tokenWanted, unreachable, type Entry } from "./api";

/** The entries of the session, oldest first. */
export const entries = signal<Entry[]>([]);
export const live = signal<"connecting" | "live" | "off">("connecting");

const KEPT = 20_000; // entries; older ones are in the journal still
const AGAIN = 1500; // milliseconds before another try

let running: AbortController | undefined;
let waiting: Entry[] = [];
let due = 0;

/** Follow a session's journal from its beginning, in place of the one that was followed before. */
export function follow(session: string): void {
  running?.abort();
  waiting = [];
  entries.value = [];
  live.value = "connecting";
  running = new AbortController();
  void keepFollowing(session, running.signal);
}

async function keepFollowing(session: string, signal: AbortSignal): Promise<void> {
  let after = 0; // above 0 only where a reader that was too slow reads on
  while (!signal.aborted) {
    try {
      after = await read(session, after, signal);
    } catch {
      if (signal.aborted) return;
      unreachable.value = "The server does not answer. It may have stopped; the page tries again.";
      after = 0;
    }
    if (signal.aborted) return;
    live.value = "off";
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
  }
}

/**
 * Read one stream to its end, and return after which entry the next one is to begin: 0 where it ended by itself, as it
 * does when the session is forgotten and its numbers begin anew.
 */
async function read(session: string, after: number, signal: AbortSignal): Promise<number> {
  const headers: Record<string, string> = token.value ? { Authorization: `Bearer ${token.value}` } : {};
  const url = `${base}/sessions/${encodeURIComponent(session)}/journal/stream?after=${after}`;
  const response = await fetch(url, { headers, signal });
  if (response.status === 401) tokenWanted.value ||= "The server asks for its admin token.";
  if (!response.ok || !response.body) return after;
  unreachable.value = "";
  live.value = "live";
  if (!after) forget();
  let text = "";
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    text += piece.value;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      if (event.startsWith("event: dropped")) return waiting.at(-1)?.number ?? entries.value.at(-1)?.number ?? 0;
      take(event);
    }
  }
  return 0;
}

function take(event: string): void {
  const data = event.split("\n").find((line) => line.startsWith("data: "));
  if (!data) return;
  waiting.push(JSON.parse(data.slice(6)) as Entry);
  due ||= requestAnimationFrame(show);
}

/** Show what came since the last frame, all at once. */
function show(): void {
  due = 0;
  entries.value = [...entries.value, ...waiting].slice(-KEPT);
  waiting = [];
}

/** Take all entries off the page. */
export function forget(): void {
  waiting = [];
  entries.value = [];
}
