// What a plan of the model says, as sentences. A word that is not here is shown as the model writes it.
import { object } from "./contract";

interface Said {
  title: string;
  say: (value: unknown) => string;
}

/** How each word of a plan is told. */
export const SAID_OF: Record<string, Said> = {
  take: { title: "Takes", say: taken },
  answer: { title: "Answers", say: answered },
  created: { title: "Answers what is new", say: answered },
  updated: { title: "Answers what was there", say: answered },
  page: { title: "Pages", say: paged },
  sort: { title: "Sorts", say: (value) => `By ${listed(texts(object(value)["by"]))}.` },
  filter: { title: "Finds by", say: (value) => `${listed(Object.keys(object(value)))}.` },
  key: { title: "Which one", say: keyed },
  scope: { title: "Below", say: (value) => `${Object.values(object(value)).map(placed).join(", ")}.` },
  conflict: { title: "The same again", say: () => "Another one with the same key is refused." },
  set: { title: "Sets", say: (value) => `${Object.entries(object(value)).map(([name, one]) => `${name} to ${JSON.stringify(one)}`).join(", ")}.` },
  proof: { title: "Proves", say: (value) => `${listed(Object.keys(object(value)))}.` },
  ignored: { title: "Leaves out", say: (value) => `${listed(Object.keys(object(value)))}.` },
};

const MOST = 12; // names in a sentence

function taken(value: unknown): string {
  const { members, hidden, from, each, within, mask, query, only, exact, shallow, by_id: isById } = object(value);
  const said = [texts(members).length ? `The members ${listed(texts(members))} of the request` : "What the request says"];
  const places = texts(from).filter(Boolean);
  if (places.length) said.push(`found at ${places.join(" or ")}`);
  if (texts(each).length) said.push("one item or a list of them");
  if (isById) said.push("an object of items by their ids");
  if (within) said.push(`kept in ${String(within)}`);
  if (mask) said.push(`of which the parameter ${String(mask)} names those to set`);
  const sentences = [`${said.join(", ")}.`];
  if (query && Object.keys(object(query)).length) sentences.push(`Parameters set ${listed(Object.keys(object(query)))}.`);
  if (texts(hidden).length) sentences.push(`${listed(texts(hidden))}: not set by the request.`);
  if (only) sentences.push("Other members are left out.");
  if (exact) sentences.push("Numbers are kept as they are written.");
  if (shallow) sentences.push("An object that is sent takes the place of the one that is there.");
  return sentences.join(" ");
}

function answered(value: unknown): string {
  const { status, list, each, item, location, says, hands_out: handed, cookie, media } = object(value);
  const said = [`Status ${String(status ?? "as documented")}`];
  if (list !== undefined) said.push(`with a list${each ? ` of ${viewed(each)}` : ""}${list ? `, at ${String(list)}` : ""}`);
  if (item !== undefined) said.push(`with ${viewed(item)}`);
  if (list === undefined && item === undefined) said.push("without an item");
  const sentences = [`${said.join(" ")}.`];
  if (location) sentences.push("Location says where it is.");
  for (const [place, slot] of Object.entries(object(says))) sentences.push(`${place} says ${typeof slot === "string" ? slot : JSON.stringify(slot)}.`);
  for (const [place, what] of Object.entries(object(handed))) sentences.push(`${place} hands out a ${String(what)}.`);
  if (cookie) sentences.push(`It sets the cookie ${String(cookie)}.`);
  if (Object.keys(object(media)).length) sentences.push(`Also as ${listed(Object.keys(object(media)))}.`);
  return sentences.join(" ");
}

/** Name what a body shows: a schema, where it has a name, and its place in the body. */
function viewed(view: unknown): string {
  const { schema, shows } = object(view);
  const text = typeof view === "string" ? view : [shows === "part" && "part of", schema].filter(Boolean).join(" ");
  return text.split(" ").map((word) => (word.startsWith("#/") ? "what its own schema describes" : word)).join(" ") || "a body of its own";
}

function paged(value: unknown): string {
  const { limit, cursor, page, offset, first, default: usual, ...others } = object(value);
  const said: string[] = [];
  if (limit) said.push(`${String(limit)} says how many`);
  if (page) said.push(`${String(page)} which page${first === undefined ? "" : `, from ${String(first)} on`}`);
  if (offset) said.push(`${String(offset)} how many are passed over`);
  if (cursor) said.push(`${String(cursor)} where to go on`);
  if (usual !== undefined) said.push(`${String(usual)} where nobody says`);
  if (Object.keys(others).length) said.push(`with ${listed(Object.keys(others))}`);
  return said.length ? `${said.join("; ")}.` : "In one.";
}

function keyed(value: unknown): string {
  if (value === "caller") return "That of whoever calls.";
  return typeof value === "string" ? `The one that ${placed(value)} names.` : JSON.stringify(value);
}

/** Say where something stands in a request: `path/id` is `{id} of the path`. */
function placed(place: unknown): string {
  const [where = "", ...rest] = String(place).split("/");
  const name = rest.join("/");
  return name ? `${name} of the ${where}` : where;
}

function texts(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return [value].flat().map(String);
}

function listed(names: readonly string[]): string {
  if (names.length > MOST) return `${names.slice(0, MOST).join(", ")} and ${names.length - MOST} more`;
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
