// Two snapshots beside each other: what one remembers that the other does not, or otherwise.
import type { Schemas } from "./api";
import { object } from "./contract";

type Snapshot = Schemas["Snapshot"];

export interface Difference {
  where: string;
  /** What stands there, in JSON and shortened; undefined where nothing does. */
  left?: string;
  right?: string;
}

const INTERNAL = "~"; // what a sandbox keeps for itself
const LONGEST = 200;

export function differences(left: Snapshot, right: Snapshot): Difference[] {
  const found: Difference[] = [];
  compare(left.clock, right.clock, "clock", found);
  compare(left.frozen, right.frozen, "clock is frozen", found);
  compare(object(left.answers)["stubs"], object(right.answers)["stubs"], "scripted answers", found);
  compare(object(left.answers)["scenarios"], object(right.answers)["scenarios"], "scenarios", found);
  compare(left.tokens, right.tokens, "credentials", found);
  for (const api of names(left.worlds, right.worlds)) {
    const one = left.worlds[api]?.records ?? {};
    const other = right.worlds[api]?.records ?? {};
    for (const collection of names(one, other)) {
      if (collection.startsWith(INTERNAL)) continue;
      const before = byKey(one[collection] ?? []);
      const after = byKey(other[collection] ?? []);
      for (const key of names(before, after)) compare(before[key], after[key], `${api} ${collection} ${key}`, found);
    }
  }
  return found;
}

function names(one: object, other: object): string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])];
}

function byKey(records: readonly Record<string, unknown>[]): Record<string, unknown> {
  return Object.fromEntries(records.map((record) => [String(record["key"]), record["value"]]));
}

function compare(left: unknown, right: unknown, where: string, found: Difference[]): void {
  if (isObject(left) && isObject(right)) {
    for (const name of names(left, right)) compare(left[name], right[name], `${where} /${name}`, found);
    return;
  }
  const one = written(left);
  const other = written(right);
  if (one !== other) found.push({ where, left: short(one), right: short(other) });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function written(value: unknown): string | undefined {
  return JSON.stringify(value);
}

function short(text: string | undefined): string | undefined {
  return text && text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}
