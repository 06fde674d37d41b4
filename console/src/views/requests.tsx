// Requests: what was called in a session, as it happens.
import { useEffect, useMemo, useState } from "preact/hooks";
import { asked, client, refusal, type Entry, type Failure } from "../api";
import { callOf, curl, send } from "../calls";
import { bodySchema, contractOf, modelOf, object, parameterSchema, schemaAt, type Model, type Schema } from "../contract";
import { copy, Do, Method, plural, save, Status, useLoaded } from "../parts/common";
import { escape, Json } from "../parts/json";
import { VirtualList } from "../parts/list";
import { VERBS } from "../words";
import { address, route, say, session, tell } from "../state";
import { entries, forget } from "../stream";

export function Requests() {
  const query = route.value.query;
  const unmatched = useUnmatched(query["status"] === "unmatched");
  const shown = useMemo(() => chosen(entries.value, query, unmatched), [entries.value, query["status"], query["text"], query["operation"], unmatched]);
  const number = Number(query["entry"]) || 0;
  const selected = shown.findIndex((entry) => entry.number === number);
  const opened = shown[selected] ?? entries.value.find((entry) => entry.number === number);
  return (
    <div class={opened ? "split open" : "split"}>
      <h1 id="requests-title" class="hidden">Requests of the session {session.value}</h1>
      <section class="side" aria-labelledby="requests-title">
        <Filters count={shown.length} />
        <VirtualList
          label="requests"
          items={shown}
          height={30}
          selected={selected}
          onSelect={(index) => say({ entry: String(shown[index]?.number) })}
          keyOf={(entry) => entry.number}
          row={(entry) => <Row entry={entry} />}
          empty={<Empty />}
        />
      </section>
      {opened && <Opened entry={opened} why={unmatched?.get(opened.number)} key={opened.number} />}
    </div>
  );
}

/** Why nothing matched a request, by its number. */
type Unmatched = ReadonlyMap<number, string>;

/** Ask which requests nothing matched, and why, where somebody wants to see them. */
function useUnmatched(isWanted: boolean): Unmatched | undefined {
  const path = { session: session.value };
  async function load(): Promise<Unmatched | undefined> {
    if (!isWanted) return undefined;
    const { items } = await asked(client.GET("/sessions/{session}/unmatched", { params: { path, query: { limit: 1000 } } }));
    return new Map(items.map((one) => [one.number, one.sentence]));
  }
  return useLoaded(load, [isWanted, path.session, isWanted && entries.value.length]).value;
}

/** Return the entries that fit what was asked for, newest first. */
function chosen(all: readonly Entry[], query: Record<string, string>, unmatched: Unmatched | undefined): Entry[] {
  const { status = "", operation = "" } = query;
  const text = (query["text"] ?? "").toLowerCase();
  const isWanted = status === "unmatched" ? (entry: Entry) => unmatched?.has(entry.number) : (entry: Entry) => isOf(entry, status);
  return all.filter((entry) => isWanted(entry) && isIn(entry, operation) && (!text || says(entry, text))).reverse();
}

function isOf(entry: Entry, status: string): boolean {
  if (!status) return true;
  if (status === "fault") return entry.fault !== "";
  if (status === "refused") return entry.outcome !== "accepted";
  return String(entry.status).startsWith(status[0] ?? "");
}

function isIn(entry: Entry, operation: string): boolean {
  return !operation || `${entry.api} ${entry.operation}` === operation;
}

const texts = new WeakMap<Entry, string>();

function says(entry: Entry, text: string): boolean {
  let said = texts.get(entry);
  if (said === undefined) {
    said = JSON.stringify([entry.method, entry.path, entry.query, entry.operationId, entry.requestBody, entry.responseBody, entry.refusal]).toLowerCase();
    texts.set(entry, said);
  }
  return said.includes(text);
}

function Filters({ count }: { count: number }) {
  const query = route.value.query;
  const operations = useMemo(() => {
    const found = new Map<string, string>();
    for (const entry of entries.value) if (entry.operation) found.set(`${entry.api} ${entry.operation}`, entry.operationId);
    return [...found].sort(([, one], [, other]) => one.localeCompare(other));
  }, [entries.value]);
  return (
    <div class="filters">
      <input
        type="search"
        aria-label="Text in a request or its answer"
        placeholder="Find text …"
        value={query["text"] ?? ""}
        onInput={(event) => say({ text: event.currentTarget.value })}
      />
      <select aria-label="Status" value={query["status"] ?? ""} onChange={(event) => say({ status: event.currentTarget.value })}>
        <option value="">Any status</option>
        <option value="2xx">2xx</option>
        <option value="3xx">3xx</option>
        <option value="4xx">4xx</option>
        <option value="5xx">5xx</option>
        <option value="0">cut off</option>
        <option value="refused">Refused</option>
        <option value="fault">With a fault</option>
        <option value="unmatched">Nothing matched</option>
      </select>
      <select aria-label="Operation" value={query["operation"] ?? ""} onChange={(event) => say({ operation: event.currentTarget.value })}>
        <option value="">Any operation</option>
        {operations.map(([key, id]) => <option key={key} value={key}>{id}</option>)}
      </select>
      <span class="count">{plural(count, "request")}</span>
      <span class="push" />
      <Do work={downloadHar} title="All of the session, as an HTTP Archive">HAR</Do>
      <Do work={clear} title="Forget all requests of this session">Clear</Do>
    </div>
  );
}

async function downloadHar(): Promise<void> {
  const har = await asked(client.GET("/sessions/{session}/har", { params: { path: { session: session.value } } }));
  save(`${session.value}.har`, JSON.stringify(har, null, 1));
}

async function clear(): Promise<void> {
  await asked(client.DELETE("/sessions/{session}/journal", { params: { path: { session: session.value } } }));
  forget();
  say({ entry: undefined });
}

function Row({ entry }: { entry: Entry }) {
  const isOurs = entry.kind === "callback";
  return (
    <>
      <span class="at">{entry.at.slice(11, 19)}</span>
      <Method value={entry.method} />
      <span class="path">{isOurs ? "→ " : ""}{entry.path}{searchOf(entry)}</span>
      {entry.fault && <span class="tag warn">{entry.fault}</span>}
      {entry.outcome !== "accepted" && !entry.fault && <span class="tag">{entry.outcome}</span>}
      <span class="operation">{entry.operationId}</span>
      <span class="ms">{Math.round(entry.durationMs * 10) / 10} ms</span>
      <Status value={entry.status} />
    </>
  );
}

function searchOf(entry: Entry): string {
  const pairs = Object.entries(entry.query).flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one}`));
  return pairs.length ? `?${pairs.join("&")}` : "";
}

function Empty() {
  const name = session.value;
  if (entries.value.length) return <p>No request fits these filters.</p>;
  return (
    <div>
      <p>Nothing was called in the session <b>{name}</b> yet. What is called shows here as it happens.</p>
      <p class="quiet">
        {name === "default"
          ? "Requests without a Sandbox-Session header come here."
          : <>Send the header <code>Sandbox-Session: {name}</code>, or begin the path with <code>/~{name}/</code>.</>}
      </p>
    </div>
  );
}

// ---- one of them

function Opened({ entry, why }: { entry: Entry; why?: string }) {
  const call = callOf(entry, session.value);
  const isRequest = entry.kind === "request";
  useEffect(() => {
    const close = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) leave();
    };
    addEventListener("keydown", close);
    return () => removeEventListener("keydown", close);
  }, []);
  return (
    <article class="opened" aria-label={`Request ${entry.number}`}>
      <header>
        <h2><Method value={entry.method} /> <span class="path">{entry.path}</span> <Status value={entry.status} /></h2>
        <button class="plain icon" aria-label="Close the request" onClick={leave}>✕</button>
      </header>
      <p class="facts">
        <span>#{entry.number}</span>
        <span>{entry.at.slice(0, 19).replace("T", " ")}</span>
        <span>{entry.durationMs.toFixed(1)} ms</span>
        <span>{plural(entry.responseSize, "byte")}</span>
        {entry.operationId && <span>{entry.api} · {entry.operationId}</span>}
      </p>
      <div class="actions">
        <Do work={() => copy(curl(call), "The request, as a curl command,")}>Copy as curl</Do>
        {isRequest && <Do work={() => replay(entry)}>Replay</Do>}
        {isRequest && entry.operation && <a class="button" href={address("faults", { make: "fault", entry: String(entry.number) })}>Make this a fault</a>}
        {isRequest && entry.operation && <a class="button" href={address("faults", { make: "answer", entry: String(entry.number) })}>Make this an answer</a>}
      </div>
      <Why entry={entry} why={why} />
      <Failures entry={entry} />
      <h3>Request</h3>
      <Fields title="Query" fields={entry.query} isOpen />
      <Fields title="Headers" fields={entry.requestHeaders} />
      <Body value={entry.requestBody} size={entry.requestSize} isCut={entry.requestTruncated} label="Body of the request" remarks={remarksOf(entry)} />
      <h3>Answer</h3>
      <Fields title="Headers" fields={entry.responseHeaders} />
      <Body value={entry.responseBody} size={entry.responseSize} isCut={entry.responseTruncated} label="Body of the answer" />
    </article>
  );
}

/** Close what is opened; the keys go to the list again, which a narrow page had hidden. */
function leave(): void {
  say({ entry: undefined });
  requestAnimationFrame(() => document.querySelector<HTMLElement>(".list")?.focus());
}

async function replay(entry: Entry): Promise<void> {
  const answer = await send(callOf(entry, session.value));
  tell(`Replayed: ${answer.status || "redirected"}. It is at the top of the list.`);
}

function Why({ entry, why }: { entry: Entry; why?: string }) {
  const model = useLoaded(async () => (entry.api ? modelOf(entry.api) : undefined), []);
  const lines = reasons(entry, model.value);
  if (why && !lines.includes(why)) lines.unshift(why);
  if (!lines.length) return null;
  return (
    <section class={entry.outcome === "accepted" && !entry.fault ? "why" : "why warn"} aria-label="Why it was answered so">
      {lines.map((line) => <p key={line}>{line}</p>)}
    </section>
  );
}

/** Say who answered a request, and why so. */
function reasons(entry: Entry, model: Model | undefined): string[] {
  const lines: string[] = [];
  if (entry.fault) lines.push(`A fault was applied: ${entry.fault}.`);
  if (entry.answer) lines.push(`It was given the scripted answer ${entry.answer}.`);
  if (entry.refusal) lines.push(entry.refusal);
  lines.push(...entry.notes);
  if (!entry.operation && entry.kind === "request" && !entry.refusal) lines.push("No operation has this path.");
  const [method = "", ...path] = entry.operation.split(" ");
  const key = `${method.toUpperCase()} ${path.join(" ")}`;
  if (!model || !entry.operation || entry.answer) return lines;
  const told = model as unknown as Record<string, Record<string, unknown>>;
  const plan = object(model.operations[key]);
  const verb = Object.keys(plan)[0];
  if (told["handlers"]?.[key]) lines.push(`Answered by ${told["handlers"][key]}.`);
  else if (verb) lines.push(`Taken for ${VERBS[verb] ?? verb} ${typeof plan[verb] === "string" ? plan[verb] : ""}, because ${model.because[key]}.`);
  else lines.push(`Answered ${told["documented"]?.[key] ?? "as documented"}, because ${model.because[key]}.`);
  return lines;
}

function Failures({ entry }: { entry: Entry }) {
  const contract = useLoaded(async () => (entry.failures.length && entry.api ? contractOf(entry.api) : undefined), []);
  if (!entry.failures.length) return null;
  return (
    <table class="failures">
      <caption>What was refused</caption>
      <thead><tr><th>Where</th><th>Expected</th><th>Received</th></tr></thead>
      <tbody>
        {entry.failures.map((failure, index) => (
          <>
            <tr key={index}>
              <td><code>{failure.location} {failure.pointer}</code></td>
              <td>{failure.expected} <span class="quiet">({failure.rule})</span></td>
              <td><code>{failure.received || "nothing"}</code></td>
            </tr>
            <Refusing schema={contract.value && refusing(contract.value, entry, failure)} rule={failure.rule} />
          </>
        ))}
      </tbody>
    </table>
  );
}

/** Show the schema that refused a value, the keyword that did so first. */
function Refusing({ schema, rule }: { schema?: Schema; rule: string }) {
  if (!schema) return null;
  const { [rule]: broken, ...others } = schema;
  const shown = broken === undefined ? others : { [rule]: broken, ...others };
  return (
    <tr class="refusing">
      <td colSpan={3}><details><summary>Its schema</summary><Json value={shown} label="The schema that refused it" remarks={broken === undefined ? {} : { [`/${escape(rule)}`]: "this refused it" }} /></details></td>
    </tr>
  );
}

function refusing(contract: Schema, entry: Entry, failure: Failure): Schema | undefined {
  if (failure.location === "body") {
    const schema = bodySchema(contract, entry.operation);
    return schema && schemaAt(contract, schema, failure.pointer);
  }
  return parameterSchema(contract, entry.operation, failure.location, failure.pointer.split("/")[1] ?? "");
}

function remarksOf(entry: Entry): Record<string, string> {
  const inBody = entry.failures.filter((failure) => failure.location === "body");
  return Object.fromEntries(inBody.map((failure) => [failure.pointer, failure.rule === "required" ? refusal(failure) : `expected ${failure.expected}`]));
}

function Fields({ title, fields, isOpen }: { title: string; fields: Record<string, string | string[]>; isOpen?: boolean }) {
  const rows = Object.entries(fields);
  if (!rows.length) return null;
  return (
    <details open={isOpen}>
      <summary>{title} <span class="quiet">{rows.length}</span></summary>
      <dl class="fields">
        {rows.map(([name, value]) => (
          <div key={name}><dt>{name}</dt><dd>{[value].flat().join("\n")}</dd></div>
        ))}
      </dl>
    </details>
  );
}

interface BodyShown {
  value: unknown;
  size: number;
  isCut: boolean;
  label: string;
  remarks?: Record<string, string>;
}

function Body({ value, size, isCut, label, remarks }: BodyShown) {
  const [isRaw, setRaw] = useState(false);
  if (value === undefined) return <p class="quiet">{size ? `A body of ${plural(size, "byte")}, which was not kept.` : "No body."}</p>;
  return (
    <>
      {isCut && <p class="quiet">Only the beginning of its {plural(size, "byte")} was kept.</p>}
      <Json value={isRaw ? JSON.stringify(value) : value} label={label} remarks={remarks} />
      <div class="under">
        <Do class="plain" work={() => copy(typeof value === "string" ? value : JSON.stringify(value, null, 2), label)}>Copy</Do>
        {typeof value !== "string" && <button class="plain" onClick={() => setRaw(!isRaw)}>{isRaw ? "Indented" : "On one line"}</button>}
      </div>
    </>
  );
}
