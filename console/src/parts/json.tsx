// A value as JSON, a member a line, each line with the pointer of what stands on it.
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";

export interface Line {
  depth: number;
  pointer: string;
  parts: { text: string; kind: "name" | "string" | "number" | "word" | "mark" }[];
}

const SHOWN = 400; // lines that are shown at once

export function linesOf(value: unknown): Line[] {
  const lines: Line[] = [];
  write(value, "", 0, [], "", lines);
  return lines;
}

type Part = Line["parts"][number];

function write(value: unknown, pointer: string, depth: number, before: Part[], after: string, lines: Line[]): void {
  const add = (...parts: Part[]) => lines.push({ depth, pointer, parts });
  const tail: Part[] = after ? [{ text: after, kind: "mark" }] : [];
  if (value === null || typeof value !== "object") {
    const kind = typeof value === "string" ? "string" : typeof value === "number" ? "number" : "word";
    add(...before, { text: JSON.stringify(value) ?? "", kind }, ...tail);
    return;
  }
  const isList = Array.isArray(value);
  const members: [string, unknown][] = isList ? value.map((item, index) => [String(index), item]) : Object.entries(value);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (!members.length) {
    add(...before, { text: open + close, kind: "mark" }, ...tail);
    return;
  }
  add(...before, { text: open, kind: "mark" });
  members.forEach(([name, member], index) => {
    const named: Part[] = isList ? [] : [{ text: JSON.stringify(name), kind: "name" }, { text: ": ", kind: "mark" }];
    write(member, `${pointer}/${escape(name)}`, depth + 1, named, index < members.length - 1 ? "," : "", lines);
  });
  add({ text: close, kind: "mark" }, ...tail);
}

export function escape(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

interface Shown {
  value: unknown;
  label: string;
  /** What is said of a value beside it, by its pointer. */
  remarks?: Record<string, ComponentChildren>;
}

/** Show a value; a text that is no JSON stands as it is. */
export function Json({ value, label, remarks = {} }: Shown) {
  const lines = useMemo(() => (typeof value === "string" ? [] : linesOf(value)), [value]);
  const [all, setAll] = useState(false);
  if (typeof value === "string") return <pre class="json" tabIndex={0} role="region" aria-label={label}>{value}</pre>;
  const shown = all ? lines : lines.slice(0, SHOWN);
  const said = new Set<string>();
  return (
    <div class="json" tabIndex={0} role="region" aria-label={label}>
      {shown.map((line, index) => {
        const remark = said.has(line.pointer) ? undefined : remarks[line.pointer];
        if (remark) said.add(line.pointer);
        return (
          <div key={index} class={remark ? "line wrong" : "line"} data-pointer={line.pointer}>
            <code>
              {"  ".repeat(line.depth)}
              {line.parts.map((part) => <span class={part.kind}>{part.text}</span>)}
            </code>
            {remark && <span class="remark">{remark}</span>}
          </div>
        );
      })}
      {shown.length < lines.length && <button class="plain" onClick={() => setAll(true)}>Show all {lines.length} lines</button>}
    </div>
  );
}
