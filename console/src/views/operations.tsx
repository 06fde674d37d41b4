// Operations: what each will do and why, tried with a valid request; how collections lead to each other; what was touched.
import { useEffect, useMemo, useState } from "preact/hooks";
import { asked, client, sentence, type Schemas } from "../api";
import { mountOf, send } from "../calls";
import { collectionsOf, modelOf, object, type Model } from "../contract";
import { Do, Method, plural, Status, useLoaded } from "../parts/common";
import { Json } from "../parts/json";
import { Relations } from "../parts/relations";
import { address, apis, go, route, session, tell } from "../state";
import { entries } from "../stream";
import { SAID_OF } from "../telling";
import { WHAT } from "../words";

type Operation = Schemas["Operation"];
type Covered = Schemas["CoveredOperation"];
type Coverage = Schemas["Coverage"];

export function Operations() {
  const query = route.value.query;
  const api = query["api"] || apis.value[0]?.name || "";
  const path = { session: session.value, api };
  const [text, setText] = useState("");
  const listed = useLoaded(async () => (await asked(client.GET("/apis/{api}/operations", { params: { path: { api } } }))).items, [api]);
  const model = useLoaded(() => modelOf(api), [api]);
  const calls = entries.value.length;
  const coverage = useLoaded(() => asked(client.GET("/sessions/{session}/apis/{api}/coverage", { params: { path } })), [api, session.value, calls]);
  const touched = useMemo(() => new Map(coverage.value?.operations.map((one) => [one.key, one])), [coverage.value]);
  const wanted = text.toLowerCase();
  const shown = listed.value?.filter((one) => !wanted || `${one.method} ${one.path} ${one.operationId} ${one.summary}`.toLowerCase().includes(wanted)) ?? [];
  const opened = listed.value?.find((one) => one.key === query["operation"]);
  return (
    <div class={opened ? "split beside operations opened-one" : "split beside operations"}>
      <nav class="side" aria-label="Operations">
        <div class="filters">
          {apis.value.length > 1 && (
            <select aria-label="API" value={api} onChange={(event) => go("operations", { api: event.currentTarget.value })}>
              {apis.value.map((one) => <option key={one.name}>{one.name}</option>)}
            </select>
          )}
          <input type="search" aria-label="Text in an operation" placeholder="Find an operation …" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </div>
        {listed.error && <p class="banner wrong" role="alert">{listed.error}</p>}
        <ul class="choices">
          <li><a href={address("operations", { api })} aria-current={opened ? undefined : "true"}>Overview</a></li>
          {shown.map((one) => (
            <li key={one.key}>
              <a href={address("operations", { api, operation: one.key })} aria-current={one === opened ? "true" : undefined} title={one.summary}>
                <span class="nowrap"><Method value={one.method} /> <span class="path">{one.path}</span></span>
                <Calls count={touched.get(one.key)?.calls ?? 0} />
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {opened
        ? <One key={`${session.value} ${api} ${opened.key}`} api={api} operation={opened} model={model.value} covered={touched.get(opened.key)} />
        : <Overview api={api} model={model.value} error={model.error} coverage={coverage.value} />}
    </div>
  );
}

function Calls({ count }: { count: number }) {
  return <span class={count ? "calls done" : "calls"} title={plural(count, "call")}>{count || "·"}</span>;
}

// ---- all of them

function Overview({ api, model, error, coverage }: { api: string; model?: Model; error?: string; coverage?: Coverage }) {
  const collections = model ? collectionsOf(model) : {};
  const title = apis.value.find((one) => one.name === api)?.title ?? api;
  return (
    <section class="page wide" aria-labelledby="operations-title">
      <h1 id="operations-title">{title}</h1>
      {error && <p class="banner wrong" role="alert">{error}</p>}
      <h2>Collections, and where they lead</h2>
      {model && (Object.keys(collections).length ? <Relations api={api} collections={collections} /> : <p class="quiet">This API keeps no records.</p>)}
      <h2 class="apart">Touched in {session.value}</h2>
      {coverage && <Totals coverage={coverage} />}
      {coverage && <Untouched coverage={coverage} api={api} />}
    </section>
  );
}

function Totals({ coverage }: { coverage: Coverage }) {
  return (
    <dl class="totals">
      {Object.entries(coverage.totals).map(([name, total]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {total.touched.toLocaleString("en")} <span class="quiet">of {total.all.toLocaleString("en")}</span>
            <progress max={total.all || 1} value={total.touched} aria-label={`${name} touched`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Untouched({ coverage, api }: { coverage: Coverage; api: string }) {
  const uncalled = coverage.operations.filter((one) => !one.calls);
  if (!uncalled.length) return <p>Every operation was called.</p>;
  return (
    <details open={uncalled.length < 30}>
      <summary>Not called: {plural(uncalled.length, "operation")}</summary>
      <ul class="columns">
        {uncalled.map((one) => <li key={one.key}><a href={address("operations", { api, operation: one.key })}>{one.operationId}</a></li>)}
      </ul>
    </details>
  );
}

// ---- one of them

function One({ api, operation, model, covered }: { api: string; operation: Operation; model?: Model; covered?: Covered }) {
  return (
    <section class="page wide" aria-labelledby="operation-title">
      <p class="back"><a href={address("operations", { api })}>All operations</a></p>
      <h1 id="operation-title"><Method value={operation.method} /> <span class="path">{operation.path}</span></h1>
      <p class="lead">{operation.operationId}{operation.summary && operation.summary !== operation.operationId ? `: ${operation.summary}` : ""}</p>
      {model && <Meaning operation={operation} model={model} />}
      <Trying api={api} operation={operation} />
      {covered && <Touched covered={covered} />}
    </section>
  );
}

const SAID: [string, string][] = [
  ["handlers", "Answered by"],
  ["documented", "Answered"],
  ["unknown_ids", "An id nobody created"],
  ["sends", "Then sends"],
  ["undocumented", "Undocumented"],
  ["because", "Why"],
  ["security", "Asks for"],
];

/** Say what an operation will do, in the words of the model. */
function Meaning({ operation, model }: { operation: Operation; model: Model }) {
  const key = `${operation.method} ${operation.path}`;
  const told = model as unknown as Record<string, Record<string, unknown>>;
  const plan = object(model.operations[key]);
  const [verb = "", ...others] = Object.keys(plan);
  const collection = typeof plan[verb] === "string" ? String(plan[verb]) : "";
  const noun = collectionsOf(model)[collection]?.noun ?? "record";
  return (
    <dl class="facts-list">
      <div><dt>Does</dt><dd>{WHAT[verb]?.(noun) ?? "What its contract documents, and keeps nothing."} {collection && <span class="path quiet">{collection}</span>}</dd></div>
      {others.map((name) => <div key={name}><dt>{SAID_OF[name]?.title ?? name.replaceAll("_", " ")}</dt><dd>{SAID_OF[name]?.say(plan[name]) ?? <code>{inline(plan[name])}</code>}</dd></div>)}
      {SAID.filter(([name]) => told[name]?.[key] !== undefined).map(([name, title]) => (
        <div key={name}><dt>{title}</dt><dd>{[told[name]![key]].flat().map(inline).join(", ")}</dd></div>
      ))}
    </dl>
  );
}

/** Write a value on one line, as short as a person would. */
function inline(value: unknown): string {
  if (typeof value === "string") return value || "the whole body";
  if (Array.isArray(value)) return value.map(inline).join(", ");
  if (typeof value === "object" && value) return Object.entries(value).map(([name, member]) => (member === true ? name : `${name}: ${typeof member === "object" && member && !Array.isArray(member) ? `(${inline(member)})` : inline(member)}`)).join(" · ");
  return String(value);
}

// ---- tried

const USUAL = ["400", "401", "403", "404", "409", "422", "429", "500", "503"];

type Parameter = Schemas["ExampleParameter"];

interface Answered {
  status: number;
  ms: number;
  headers: Record<string, string>;
  body: unknown;
}

function Trying({ api, operation }: { api: string; operation: Operation }) {
  const path = { session: session.value, api, operation: operation.key };
  const example = useLoaded(() => asked(client.GET("/sessions/{session}/apis/{api}/operations/{operation}/example", { params: { path } })), []);
  const [parameters, setParameters] = useState<(Parameter & { isSent: boolean })[]>([]);
  const [body, setBody] = useState("");
  const [prefer, setPrefer] = useState("");
  const [answer, setAnswer] = useState<Answered>();
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    if (!example.value) return;
    setParameters(example.value.parameters.map((one) => ({ ...one, isSent: one.required })));
    setBody(indented(example.value.content));
  }, [example.value]);
  const set = (index: number, change: Partial<Parameter & { isSent: boolean }>) => setParameters(parameters.map((one, other) => (other === index ? { ...one, ...change } : one)));

  async function run(): Promise<void> {
    setWrong("");
    try {
      const { url, headers } = addressed(mountOf(api) + operation.path, parameters);
      headers["Sandbox-Session"] = session.value;
      if (prefer) headers["Prefer"] = `code=${prefer}`;
      if (example.value?.mediaType && body) headers["Content-Type"] = example.value.mediaType;
      setAnswer(await send({ method: operation.method, url, headers, body: body || undefined }));
    } catch (error) {
      setAnswer(undefined);
      setWrong(`The connection ended without an answer: ${sentence(error)}`);
    }
  }

  return (
    <form class="try" onSubmit={(event) => { event.preventDefault(); void run(); }}>
      <h2>Try it</h2>
      {example.error && <p class="banner wrong" role="alert">{example.error}</p>}
      {parameters.length > 0 && (
        <div class="scroll">
          <table class="rows parameters">
            <thead><tr><th>Sent</th><th>Parameter</th><th>Value</th></tr></thead>
            <tbody>
              {parameters.map((one, index) => (
                <tr key={index} title={one.description}>
                  <td><input type="checkbox" aria-label={`Send ${one.name}`} checked={one.isSent} disabled={one.in === "path"} onChange={(event) => set(index, { isSent: event.currentTarget.checked })} /></td>
                  <th scope="row">{one.name} <span class="quiet">{one.in}</span></th>
                  <td><input aria-label={`Value of ${one.name}`} value={one.value} onInput={(event) => set(index, { value: event.currentTarget.value, isSent: true })} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {example.value?.mediaType && (
        <label class="field"><span>Body, {example.value.mediaType}</span><textarea rows={Math.min(16, Math.max(4, body.split("\n").length))} spellcheck={false} value={body} onInput={(event) => setBody(event.currentTarget.value)} /></label>
      )}
      <div class="line">
        <button class="main" type="submit" disabled={!example.value}>Send</button>
        <label class="choice-of"><span>Prefer</span>
          <select value={prefer} onChange={(event) => setPrefer(event.currentTarget.value)}>
            <option value="">what the sandbox would answer</option>
            {preferable(operation.statuses).map((status) => <option key={status} value={status}>the documented {status}</option>)}
          </select>
        </label>
        <Do work={async () => { await example.again(); tell("Another request is filled in."); }}>Fill in anew</Do>
      </div>
      {wrong && <p class="banner wrong" role="alert">{wrong}</p>}
      {answer && <Shown answer={answer} />}
    </form>
  );
}

/** The statuses one may prefer: those documented by number, and by `default` and ranges those that are usual. */
function preferable(statuses: readonly string[]): string[] {
  const isCovered = (usual: string) => statuses.includes("default") || statuses.some((one) => one.toLowerCase() === `${usual[0]}xx`);
  const numbered = statuses.filter((status) => /^\d+$/.test(status));
  return [...new Set([...numbered, ...USUAL.filter(isCovered)])].sort();
}

function indented(content: string | undefined): string {
  if (!content) return "";
  try {
    return JSON.stringify(JSON.parse(content), null, 2);
  } catch {
    return content;
  }
}

function addressed(template: string, parameters: readonly (Parameter & { isSent: boolean })[]): { url: string; headers: Record<string, string> } {
  let url = template;
  const search = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const one of parameters) {
    if (one.in === "path") url = url.replaceAll(`{${one.name}}`, encodeURIComponent(one.value));
    else if (one.isSent && one.in === "query") search.append(one.name, one.value);
    else if (one.isSent && one.in === "header") headers[one.name] = one.value;
  }
  return { url: search.size ? `${url}?${search}` : url, headers };
}

function Shown({ answer }: { answer: Answered }) {
  const last = entries.value.at(-1);
  return (
    <section aria-label="The answer" aria-live="polite">
      <h3>Answer</h3>
      <p class="facts"><Status value={answer.status} /> <span>{answer.ms.toFixed(0)} ms</span> {last && <a href={address("requests", { entry: String(last.number) })}>see it among the requests</a>}</p>
      {answer.body !== "" && <Json value={answer.body} label="Body of the answer" />}
    </section>
  );
}

// ---- touched

function Touched({ covered }: { covered: Covered }) {
  const parts: [string, Record<string, number>][] = [
    ["Statuses", { ...covered.statuses, ...covered.undocumented }],
    ["Parameters", covered.parameters],
    ["Members sent", covered.sent],
    ["Members answered", covered.answered],
  ];
  return (
    <>
      <h2 class="apart">Touched by {plural(covered.calls, "call")}</h2>
      {parts.filter(([, counts]) => Object.keys(counts).length).map(([title, counts]) => (
        <div key={title}>
          <h3>{title}</h3>
          <ul class="chips">
            {Object.entries(counts).map(([name, count]) => (
              <li key={name} class={count ? "done" : ""}>{name} <span>{count || "not yet"}</span></li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}
