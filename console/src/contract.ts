// The contract of an API, and what the sandbox takes it for.
import { asked, client, type Schemas } from "./api";
import { mountOf } from "./calls";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type Schema = Record<string, unknown>;
export type Model = Schemas["Model"];

export interface Member {
  kind?: string;
  refers_to?: string;
  /** Of an object that leads there, the member that is the id. */
  within?: string;
  write_only?: boolean;
}

export interface Collection {
  noun?: string;
  at?: string;
  item?: string;
  below?: string;
  /** Which it is a part of, where it has no records of its own. */
  of?: string;
  id?: { member?: string };
  members?: Record<string, Member>;
}

const contracts = new Map<string, Promise<Schema>>();
const models = new Map<string, Promise<Model>>();

/** Load the contract of an API, once. */
export function contractOf(api: string): Promise<Schema> {
  return once(contracts, api, async () => (await fetch(`${mountOf(api)}/openapi.json`)).json() as Promise<Schema>);
}

/** Load what the sandbox takes an API for, once. */
export function modelOf(api: string): Promise<Model> {
  return once(models, api, () => asked(client.GET("/apis/{api}/model", { params: { path: { api } } })));
}

function once<T>(kept: Map<string, Promise<T>>, name: string, load: () => Promise<T>): Promise<T> {
  let found = kept.get(name);
  if (!found) {
    found = load();
    kept.set(name, found);
    found.catch(() => kept.delete(name)); // whoever asks again tries again
  }
  return found;
}

export function collectionsOf(model: Model): Record<string, Collection> {
  return model.collections as Record<string, Collection>;
}

/** Return the schema of a collection's items; undefined where it has none. */
export function itemSchema(contract: Schema, collection: Collection | undefined): Schema | undefined {
  const item = collection?.item;
  if (!item) return undefined;
  return read(contract, item.startsWith("#/") ? item : `#/components/schemas/${item}`);
}

/** Return the schema of the body that an operation takes. */
export function bodySchema(contract: Schema, key: string): Schema | undefined {
  const [method = "", ...path] = key.split(" ");
  const paths = object(contract["paths"]);
  const operation = object(object(paths[path.join(" ")])[method]);
  const body = followed(contract, object(operation["requestBody"]));
  const content = object(body["content"]);
  const media = content["application/json"] ?? Object.values(content)[0];
  const schema = object(media)["schema"];
  return schema ? object(schema) : undefined;
}

/** Return the schema of a parameter of an operation, by where it stands and its name. */
export function parameterSchema(contract: Schema, key: string, place: string, name: string): Schema | undefined {
  const [method = "", ...path] = key.split(" ");
  const item = object(object(contract["paths"])[path.join(" ")]);
  const own = [...list(object(item[method])["parameters"]), ...list(item["parameters"])];
  for (const one of own) {
    const parameter = followed(contract, object(one));
    if (parameter["in"] === place && String(parameter["name"]).toLowerCase() === name.toLowerCase()) return parameter;
  }
  return undefined;
}

/** Return the schema that says what may stand at a pointer of a value; undefined where none does. */
export function schemaAt(contract: Schema, schema: Schema, pointer: string): Schema | undefined {
  let found: Schema | undefined = schema;
  for (const part of pointer.split("/").slice(1)) {
    if (!found) return undefined;
    const whole: Schema = merged(contract, found);
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const member: unknown = object(whole["properties"])[name] ?? (/^\d+$/.test(name) ? whole["items"] : undefined) ?? whole["additionalProperties"];
    found = typeof member === "object" && member ? (member as Schema) : undefined;
  }
  return found && followed(contract, found);
}

const DEEPEST = 12;

/** Return a schema with its references followed, and what it is all of laid together. */
export function merged(contract: Schema, schema: Schema, depth = 0): Schema {
  const own = followed(contract, schema);
  const parts = [...list(own["allOf"]), ...leading(own["oneOf"]), ...leading(own["anyOf"])];
  if (!parts.length || depth > DEEPEST) return own;
  let whole: Schema = { ...own };
  for (const part of parts) {
    const other = merged(contract, object(part), depth + 1);
    const properties = { ...object(other["properties"]), ...object(whole["properties"]) };
    const required = [...list(other["required"]), ...list(whole["required"])];
    whole = { ...other, ...whole, properties, required };
  }
  return whole;
}

/** Return the first of some alternatives that is not null alone. */
function leading(alternatives: unknown): unknown[] {
  return apartFromNull(alternatives).slice(0, 1);
}

function apartFromNull(alternatives: unknown): unknown[] {
  return list(alternatives).filter((one) => object(one)["type"] !== "null");
}

/** One of the objects between which a schema leaves a choice. constants: members that say which it is. */
export interface Choice {
  name: string;
  schema: Schema;
  constants: Schema;
}

/** Return the objects between which a schema leaves a choice; none where it leaves no choice, or one between other things too. */
export function choicesOf(contract: Schema, schema: Schema): Choice[] {
  const own = followed(contract, schema);
  const word = ["oneOf", "anyOf"].find((one) => apartFromNull(own[one]).length > 1);
  if (!word) {
    const [only, ...others] = list(own["allOf"]);
    return only && !others.length && !own["properties"] ? choicesOf(contract, object(only)) : [];
  }
  const { [word]: alternatives, ...common } = own;
  const found = apartFromNull(alternatives).map((one, index) => choice(contract, common, object(one), index));
  return found.every((one) => Object.keys(object(one.schema["properties"])).length > 0) ? found : [];
}

function choice(contract: Schema, common: Schema, alternative: Schema, index: number): Choice {
  const schema = merged(contract, { allOf: [alternative, common] });
  const told = object(common["discriminator"]);
  const reference = typeof alternative["$ref"] === "string" ? alternative["$ref"] : "";
  const called = reference.split("/").pop() ?? "";
  const mapped = Object.entries(object(told["mapping"])).find(([, to]) => to === reference || to === called)?.[0];
  const constants: Schema = {};
  for (const [name, member] of Object.entries(object(schema["properties"]))) {
    const whole = merged(contract, object(member));
    const only = list(whole["enum"]);
    if ("const" in whole) constants[name] = whole["const"];
    else if (only.length === 1) constants[name] = only[0];
  }
  const property = told["propertyName"];
  if (typeof property === "string" && !(property in constants) && (mapped ?? called)) constants[property] = mapped ?? called;
  const said = mapped || called || schema["title"] || Object.values(constants)[0] || `Choice ${index + 1}`;
  return { name: String(said), schema, constants };
}

/** Return which of some choices a value is most likely: the one that it says, lacks the least of, and has the least beside. */
export function likeliest(choices: readonly Choice[], value: Schema): number {
  const unlike = choices.map(({ schema, constants }) => {
    const others = Object.entries(constants).filter(([name, one]) => name in value && value[name] !== one);
    const missing = list(schema["required"]).filter((name) => !(String(name) in value));
    const beside = Object.keys(value).filter((name) => !(name in object(schema["properties"])));
    return 1000 * others.length + 10 * missing.length + beside.length;
  });
  return Math.max(0, unlike.indexOf(Math.min(...unlike)));
}

/** Tell whether a value may be null: as 3.1 says it, as 3.0 does, or by an alternative. */
export function isNullable(schema: Schema): boolean {
  const alternatives = [...list(schema["oneOf"]), ...list(schema["anyOf"])];
  return (
    [schema["type"]].flat().includes("null") ||
    schema["nullable"] === true ||
    list(schema["enum"]).includes(null) ||
    alternatives.some((one) => object(one)["type"] === "null")
  );
}

function followed(contract: Schema, schema: Schema): Schema {
  let found = schema;
  for (let step = 0; step < DEEPEST && typeof found["$ref"] === "string"; step++) {
    const { $ref, ...beside } = found;
    found = { ...read(contract, String($ref)), ...beside };
  }
  return found;
}

function read(contract: Schema, reference: string): Schema | undefined {
  let found: unknown = contract;
  for (const part of reference.split("/").slice(1)) {
    found = object(found)[decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return typeof found === "object" && found ? (found as Schema) : undefined;
}

/** Return the ids that a value has of what its member leads to: itself, its own member, or those of a list. */
export function idsOf(value: unknown, member: Member): string[] {
  const ids = [value].flat().map((one) => (member.within ? object(one)[member.within] : undefined) ?? one);
  return ids.filter((one) => typeof one === "string" || typeof one === "number").map(String);
}

export function object(value: unknown): Schema {
  return typeof value === "object" && value && !Array.isArray(value) ? (value as Schema) : {};
}

export function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Return the type of a value that a schema asks for: the first that is not null. */
export function typeOf(schema: Schema): string {
  const types = [schema["type"]].flat().filter((type) => typeof type === "string" && type !== "null");
  return (types[0] as string | undefined) ?? "";
}
