// Records: what the sandboxes of a session remember, changed without asking their rules.
import { useMemo, useState } from "preact/hooks";
import { asked, client, type Entry, type Schemas } from "../api";
import { collectionsOf, contractOf, idsOf, itemSchema, modelOf, object, type Collection, type Member, type Model, type Schema } from "../contract";
import { Dialog, Do, Method, plural, Status, useLoaded } from "../parts/common";
import { Form } from "../parts/form";
import { address, apis, go, route, say, session, tell } from "../state";
import { entries } from "../stream";

type Kept = Schemas["Record"];

const PAGE = 100;
const COLUMNS = 6;

export function Records() {
  const query = route.value.query;
  const api = query["api"] || apis.value[0]?.name || "";
  const found = useLoaded(() => collectionsIn(api), [api, session.value]);
  const names = found.value?.map((one) => one.name) ?? [];
  const collection = query["collection"] || names[0] || "";
  return (
    <div class="split beside">
      <nav class="side" aria-label="Collections">
        {apis.value.length > 1 && (
          <div class="filters">
            <select aria-label="API" value={api} onChange={(event) => go("records", { api: event.currentTarget.value })}>
              {apis.value.map((one) => <option key={one.name}>{one.name}</option>)}
            </select>
          </div>
        )}
        {found.error && <p class="banner wrong" role="alert">{found.error}</p>}
        <ul class="choices">
          {found.value?.map((one) => (
            <li key={one.name}>
              <a href={address("records", { api, collection: one.name })} aria-current={one.name === collection ? "true" : undefined}>
                <span class="path">{one.name}</span> <span class="quiet">{one.records.toLocaleString("en")}</span>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {collection ? <Table key={`${session.value} ${api} ${collection}`} api={api} collection={collection} onChange={found.again} /> : <p class="page quiet">{found.value && "This API keeps no records."}</p>}
    </div>
  );
}

/** List the collections that hold records, and those of the model that hold none. */
async function collectionsIn(api: string): Promise<Schemas["Collection"][]> {
  if (!api) return [];
  const [held, model] = await Promise.all([
    asked(client.GET("/sessions/{session}/apis/{api}/collections", { params: { path: { session: session.value, api } } })),
    modelOf(api),
  ]);
  const known = new Set(held.items.map((one) => one.name));
  const empty = Object.entries(collectionsOf(model)).filter(([name, one]) => !known.has(name) && !one.below);
  return [...held.items, ...empty.map(([name]) => ({ name, records: 0 }))];
}

// ---- one collection

interface Where {
  api: string;
  collection: string;
}

function Table({ api, collection, onChange }: Where & { onChange: () => Promise<void> }) {
  const query = route.value.query;
  const [text, setText] = useState(query["text"] ?? "");
  const offset = Number(query["offset"]) || 0;
  const path = { session: session.value, api, collection };
  const page = useLoaded(
    () => asked(client.GET("/sessions/{session}/apis/{api}/collections/{collection}/records", { params: { path, query: { limit: PAGE, offset, ...(text ? { text } : {}) } } })),
    [offset, text],
  );
  const known = useLoaded(() => described(api, collection), []);
  const [isNew, setNew] = useState(false);
  const key = query["record"] ?? "";
  const columns = useMemo(() => columnsOf(page.value?.items ?? [], known.value?.collection), [page.value, known.value]);
  async function changed(): Promise<void> {
    await Promise.all([page.again(), onChange()]);
  }
  const total = page.value?.total ?? 0;
  return (
    <section class="page wide" aria-labelledby="records-title">
      <h1 id="records-title" class="path">{collection}</h1>
      <div class="line">
        <input type="search" aria-label="Text in a record" placeholder="Find text …" value={text} onInput={(event) => { setText(event.currentTarget.value); say({ text: event.currentTarget.value, offset: undefined }); }} />
        <button class="main" type="button" onClick={() => setNew(true)}>Add a record</button>
        <span class="count quiet">{page.value && plural(total, "record")}</span>
      </div>
      {page.error && <p class="banner wrong" role="alert">{page.error}</p>}
      {page.value && total === 0 && <p class="quiet">{text ? "No record has this text." : "There is none yet."}</p>}
      {total > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Records">
          <table class="rows">
            <thead><tr><th>Key</th>{columns.map((name) => <th key={name}>{name}</th>)}</tr></thead>
            <tbody>
              {page.value?.items.map((record) => (
                <tr key={record.key}>
                  <th scope="row"><a href={address("records", { ...query, record: record.key })}>{record.key}</a></th>
                  {columns.map((name) => <td key={name}><Value api={api} value={memberOf(record.value, name)} leads={known.value?.collection?.members?.[name]?.refers_to} /></td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {total > PAGE && (
        <p class="line">
          <button type="button" disabled={offset === 0} onClick={() => say({ offset: String(Math.max(0, offset - PAGE)) })}>Before</button>
          <span class="quiet">{offset + 1} to {Math.min(total, offset + PAGE)}</span>
          <button type="button" disabled={offset + PAGE >= total} onClick={() => say({ offset: String(offset + PAGE) })}>After</button>
        </p>
      )}
      {key && <Opened key={key} api={api} collection={collection} name={key} known={known.value} onChange={changed} />}
      {isNew && known.value && <Adding api={api} collection={collection} known={known.value} onClose={() => setNew(false)} onChange={changed} />}
    </section>
  );
}

interface Known {
  contract: Schema;
  collection?: Collection;
  schema?: Schema;
}

async function described(api: string, name: string): Promise<Known> {
  const [contract, model] = await Promise.all([contractOf(api), modelOf(api)]);
  const collections = collectionsOf(model);
  const collection = collections[name] ?? collections[Object.keys(collections).find((one) => isPartOf(name, one)) ?? ""];
  return { contract, collection, schema: itemSchema(contract, collection) };
}

/** Tell whether a collection of a session is one of the model, whose path has parameters. */
function isPartOf(name: string, template: string): boolean {
  const pattern = template.split("/").map((part) => (part.startsWith("{") ? "[^/]+" : part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"))).join("/");
  return new RegExp(`^${pattern}$`).test(name);
}

function columnsOf(records: Kept[], collection: Collection | undefined): string[] {
  const seen = new Set<string>();
  for (const record of records) for (const [name, value] of Object.entries(record.value)) if (value === null || typeof value !== "object") seen.add(name);
  const known = Object.keys(collection?.members ?? {}).filter((name) => seen.has(name));
  const first = collection?.id?.member ?? "id";
  return [...new Set([...known, ...seen])].filter((name) => name !== first).slice(0, COLUMNS);
}

function memberOf(value: unknown, name: string): unknown {
  return object(value)[name];
}

const LONGEST = 60;

function Value({ api, value, leads }: { api: string; value: unknown; leads?: string }) {
  if (value === undefined) return <span class="quiet">-</span>;
  if (leads && (typeof value === "string" || typeof value === "number")) return <a href={address("records", { api, collection: leads, record: String(value) })}>{String(value)}</a>;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return <span class="cell" title={text.length > LONGEST ? text : undefined}>{text}</span>;
}

// ---- one record

interface OneProps extends Where {
  name: string;
  known?: Known;
  onChange: () => Promise<void>;
}

function Opened({ api, collection, name, known, onChange }: OneProps) {
  const path = { session: session.value, api, collection, key: name };
  const record = useLoaded(() => asked(client.GET("/sessions/{session}/apis/{api}/collections/{collection}/records/{key}", { params: { path } })), []);
  const close = () => say({ record: undefined });
  async function remove(): Promise<void> {
    await asked(client.DELETE("/sessions/{session}/apis/{api}/collections/{collection}/records/{key}", { params: { path } }));
    close();
    await onChange();
    tell(`${name} is deleted.`);
  }
  return (
    <Dialog title={`${known?.collection?.noun ?? "record"} ${name}`} onClose={close} wide>
      {record.error && <p class="banner wrong" role="alert">{record.error}</p>}
      {record.value && known && (
        <>
          <p class="facts"><span>{collection}</span><span>version {record.value.version}</span></p>
          <Relations api={api} value={record.value.value as Schema} known={known} />
          <Form
            initial={record.value.value as Schema}
            contract={known.contract}
            schema={known.schema}
            verb="Save"
            save={async (value) => {
              await asked(client.PUT("/sessions/{session}/apis/{api}/collections/{collection}/records/{key}", { params: { path }, body: value as Schemas["Value"] }));
              await Promise.all([record.again(), onChange()]);
              tell(`${name} is saved.`);
            }}
            beside={<Do class="danger" work={remove}>Delete</Do>}
          />
          <History api={api} collection={collection} name={name} />
        </>
      )}
    </Dialog>
  );
}

function Relations({ api, value, known }: { api: string; value: Schema; known: Known }) {
  const leading = Object.entries(known.collection?.members ?? {}).filter(([, member]) => member.refers_to);
  const links = leading.flatMap(([name, member]) => idsOf(value[name], member).map((id) => ({ name, to: member.refers_to!, id })));
  if (!links.length) return null;
  return (
    <ul class="relations">
      {links.map(({ name, to, id }) => (
        <li key={`${name} ${id}`}>{name} → <a href={address("records", { api, collection: to, record: id })}>{to} {id}</a></li>
      ))}
    </ul>
  );
}

/** Say which requests were about a record, as far as the journal has them. */
function History({ api, collection, name }: Where & { name: string }) {
  const model = useLoaded(() => modelOf(api), [api]).value;
  const about = useMemo(() => {
    if (!model) return [];
    const isAbout = telling(model, collection, name);
    return entries.value.filter((entry) => entry.api === api && isAbout(entry)).slice(-20).reverse();
  }, [entries.value, model, name]);
  return (
    <>
      <h3>Requests about it</h3>
      {!about.length && <p class="quiet">The journal of this session has none.</p>}
      <ul class="choices">
        {about.map((entry) => (
          <li key={entry.number}>
            <a href={address("requests", { entry: String(entry.number) })}>
              <span><span class="at quiet">{entry.at.slice(11, 19)}</span> <Method value={entry.method} /> <span class="path">{entry.path}</span> <span class="quiet">{entry.operationId}</span></span> <Status value={entry.status} />
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

/**
 * Return what tells whether a request was about a record: one of its own collection that names it in its path or shows
 * its id, or one of another collection with a member that leads to it. Others have ids that only look the same.
 */
function telling(model: Model, collection: string, name: string): (entry: Entry) => boolean {
  const collections = collectionsOf(model);
  const isOwn = (one: string): boolean => one === collection || isPartOf(collection, one) || collections[one]?.of === collection;
  const known = new Map<string, [string, Member][]>(); // the members to look at, by operation
  function membersOf(key: string): [string, Member][] {
    const its = collectionOf(model, key);
    const found = collections[its];
    if (!found) return [];
    if (isOwn(its)) return [[found.id?.member ?? "id", {}]];
    return Object.entries(found.members ?? {}).filter(([, member]) => member.refers_to && isOwn(member.refers_to));
  }
  return (entry) => {
    if (!entry.operation) return false;
    let members = known.get(entry.operation);
    if (!members) known.set(entry.operation, (members = membersOf(entry.operation)));
    const isNamed = isOwn(collectionOf(model, entry.operation)) && entry.path.split("/").some((part) => decoded(part) === name);
    return isNamed || (members.length > 0 && [entry.requestBody, entry.responseBody].some((body) => names(body, members, name)));
  };
}

/** Return the collection that an operation works on, "" where it works on none. */
function collectionOf(model: Model, key: string): string {
  const [method = "", ...path] = key.split(" ");
  const plan = object(model.operations[`${method.toUpperCase()} ${path.join(" ")}`]);
  const about = Object.values(plan)[0];
  return typeof about === "string" ? about : "";
}

/** Tell whether a value has, at any depth, a member of one of these names that is this id, or leads to it. */
function names(value: unknown, members: readonly [string, Member][], id: string): boolean {
  if (Array.isArray(value)) return value.some((one) => names(one, members, id));
  const parts = object(value);
  if (members.some(([name, member]) => idsOf(parts[name], member).includes(id))) return true;
  return Object.values(parts).some((one) => typeof one === "object" && names(one, members, id));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // what was sent need not be well formed
  }
}

/** What a form begins with; one object, since a form begins anew with another. */
const NOTHING: Schema = {};

function Adding({ api, collection, known, onClose, onChange }: Where & { known: Known; onClose: () => void; onChange: () => Promise<void> }) {
  const [key, setKey] = useState("");
  return (
    <Dialog title={`Add to ${collection}`} onClose={onClose} wide>
      <label class="field"><span>Key (required)</span><input value={key} onInput={(event) => setKey(event.currentTarget.value)} /></label>
      <p class="quiet">What is left out is made up as the contract wants it.</p>
      <Form
        initial={NOTHING}
        contract={known.contract}
        schema={known.schema}
        verb="Add"
        isBlocked={!key}
        save={async (value) => {
          const member = known.collection?.id?.member;
          const whole = member && value[member] === undefined ? { ...value, [member]: key } : value;
          await asked(client.PUT("/sessions/{session}/apis/{api}/collections/{collection}/records/{key}", { params: { path: { session: session.value, api, collection, key } }, body: whole as Schemas["Value"] }));
          onClose();
          await onChange();
          tell(`${key} is added.`);
        }}
      />
    </Dialog>
  );
}
