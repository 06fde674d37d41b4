// What calls get one after another: a part of the form for each turn, of a scripted answer or of a fault.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Schemas } from "../api";

export interface Fault {
  kind: string;
  [fact: string]: unknown;
}

/** A turn of an answer as it is typed. own: whether the sandbox answers as it would. headers: a line for each. */
export interface AnswerTurn {
  own: boolean;
  status: string;
  body: string;
  headers: string;
  delay: string;
}

/** A turn of a fault as it is typed: its kind, and its numbers by name. */
export interface FaultTurn {
  kind: string;
  fields: Record<string, string>;
}

const KINDS: Record<string, { name: string; fields: Record<string, string> }> = {
  status: { name: "An error status", fields: { status: "503" } },
  latency: { name: "A wait", fields: { milliseconds: "2000" } },
  reset: { name: "The connection is reset", fields: {} },
  empty: { name: "The connection is closed without an answer", fields: {} },
  truncate: { name: "The body is cut off", fields: {} },
  malformed: { name: "The body is spoiled", fields: {} },
  throttle: { name: "The body comes slowly", fields: { bytesPerSecond: "500" } },
  "rate-limit": { name: "More calls than a limit are refused", fields: { requests: "5", seconds: "60" } },
  "after-write": { name: "It is done, but the connection is reset", fields: {} },
  normal: { name: "Nothing goes wrong", fields: {} },
};

export const NO_ANSWER: AnswerTurn = { own: false, status: "", body: "", headers: "", delay: "" };
export const ERROR: FaultTurn = faultOf("status");

interface Sequence<Turn> {
  turns: readonly Turn[];
  fresh: Turn;
  isAgain: boolean;
  set: (turns: Turn[], isAgain: boolean) => void;
  show: (turn: Turn, set: (turn: Turn) => void) => ComponentChildren;
}

/** Show the turns one below the other; there is always a first. */
export function Turns<Turn>({ turns, fresh, isAgain, set, show }: Sequence<Turn>) {
  const adding = useRef<HTMLButtonElement>(null);
  const [added, setAdded] = useState(-1); // which turn was added last: whoever did goes on there
  const change = (index: number) => (turn: Turn) => set(turns.map((other, at) => (at === index ? turn : other)), isAgain);
  function add(): void {
    setAdded(turns.length);
    set([...turns, fresh], isAgain);
  }
  function remove(index: number): void {
    setAdded(-1);
    set(turns.filter((_, at) => at !== index), isAgain && turns.length > 2);
    adding.current?.focus();
  }
  return (
    <>
      {turns.length === 1 && show(turns[0]!, change(0))}
      {turns.length > 1 && turns.map((turn, index) => (
        <OneOfSome key={index} number={index + 1} isNew={index === added} remove={() => remove(index)}>{show(turn, change(index))}</OneOfSome>
      ))}
      <p class="actions"><button ref={adding} type="button" onClick={add}>Then, for the next call …</button></p>
      {turns.length > 1 && (
        <label class="check"><input type="checkbox" checked={isAgain} onChange={(event) => set([...turns], event.currentTarget.checked)} /> After the last, from the first again</label>
      )}
    </>
  );
}

function OneOfSome({ number, isNew, remove, children }: { number: number; isNew: boolean; remove: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (isNew) box.current?.querySelector<HTMLElement>("select, input")?.focus();
  }, [isNew]);
  return (
    <fieldset ref={box} class="group">
      <legend>Call {number}</legend>
      {children}
      <button type="button" aria-label={`Remove call ${number}`} onClick={remove}>Remove</button>
    </fieldset>
  );
}

export function AnswerFields({ turn, set }: { turn: AnswerTurn; set: (turn: AnswerTurn) => void }) {
  return (
    <>
      <div class="line">
        <label class="field"><span>Who answers</span>
          <select value={turn.own ? "own" : "this"} onChange={(event) => set({ ...turn, own: event.currentTarget.value === "own" })}>
            <option value="this">This answer</option>
            <option value="own">The sandbox, as it would</option>
          </select>
        </label>
        {!turn.own && <label class="field"><span>Status</span><input inputMode="numeric" size={8} placeholder="success" value={turn.status} onInput={(event) => set({ ...turn, status: event.currentTarget.value })} /></label>}
        <label class="field"><span>Wait, in milliseconds</span><input inputMode="numeric" size={8} value={turn.delay} onInput={(event) => set({ ...turn, delay: event.currentTarget.value })} /></label>
      </div>
      {!turn.own && <label class="field"><span>Body, in JSON; left out, it is what the contract documents</span><textarea rows={6} spellcheck={false} value={turn.body} onInput={(event) => set({ ...turn, body: event.currentTarget.value })} /></label>}
      <label class="field"><span>Headers, a line for each</span><textarea rows={2} spellcheck={false} placeholder="Retry-After: 2" value={turn.headers} onInput={(event) => set({ ...turn, headers: event.currentTarget.value })} /></label>
    </>
  );
}

export function FaultFields({ turn, set }: { turn: FaultTurn; set: (turn: FaultTurn) => void }) {
  return (
    <div class="line">
      <label class="field"><span>What happens</span>
        <select value={turn.kind} onChange={(event) => set(faultOf(event.currentTarget.value))}>
          {Object.entries(KINDS).map(([name, one]) => <option key={name} value={name}>{one.name}</option>)}
        </select>
      </label>
      {Object.entries(turn.fields).map(([name, value]) => (
        <label key={name} class="field"><span>{name}</span><input inputMode="numeric" size={8} value={value} onInput={(event) => set({ ...turn, fields: { ...turn.fields, [name]: event.currentTarget.value } })} /></label>
      ))}
    </div>
  );
}

function faultOf(kind: string): FaultTurn {
  return { kind, fields: KINDS[kind]!.fields };
}

// ---- as the admin API takes them

/** Return what an answer says, in one turn or in some. Throws where a turn is not written as it has to be. */
export function answersOf(turns: readonly AnswerTurn[], isAgain: boolean): Partial<Schemas["ScriptedAnswer"]> {
  const said = turns.map(answerOf);
  if (said.length === 1) return said[0]!;
  return { sequence: said, ...(isAgain ? { repeat: true } : {}) };
}

function answerOf(turn: AnswerTurn): Schemas["ScriptedTurn"] {
  const beside = { ...headersOf(turn.headers), ...(turn.delay ? { delay: Number(turn.delay) } : {}) };
  if (turn.own) return { default: true, ...beside };
  return { ...(turn.status ? { status: Number(turn.status) } : {}), ...bodyOf(turn.body), ...beside };
}

function bodyOf(text: string): { body?: unknown } {
  if (!text.trim()) return {};
  try {
    return { body: JSON.parse(text) as unknown };
  } catch (error) {
    throw new Error(`The body is no JSON: ${(error as Error).message}`);
  }
}

/** Take each line for a header; of a name that stands twice both are sent. */
function headersOf(text: string): { headers?: Record<string, string | string[]> } {
  const found = new Map<string, string[]>();
  for (const line of text.split("\n").filter((one) => one.trim())) {
    const at = line.indexOf(":");
    if (at < 1) throw new Error(`"${line.trim()}" is no header: write its name, a colon and its value.`);
    const name = line.slice(0, at).trim();
    found.set(name, [...(found.get(name) ?? []), line.slice(at + 1).trim()]);
  }
  if (!found.size) return {};
  return { headers: Object.fromEntries([...found].map(([name, values]) => [name, values.length === 1 ? values[0]! : values])) };
}

/** Return what goes wrong, in one turn or in some. */
export function faultsOf(turns: readonly FaultTurn[], isAgain: boolean): { fault?: Fault; sequence?: Fault[]; repeat?: boolean } {
  const faults = turns.map(({ kind, fields }) => {
    const typed = Object.entries(fields).filter(([, value]) => value !== "");
    const numbers = Object.fromEntries(typed.map(([name, value]) => [name, Number(value)]));
    return { kind, ...numbers, ...(kind === "after-write" ? { then: { kind: "reset" } } : {}) };
  });
  if (faults.length === 1) return { fault: faults[0]! };
  return { sequence: faults, ...(isAgain ? { repeat: true } : {}) };
}
