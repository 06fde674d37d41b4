// The conditions of a rule: a row for each, or their JSON where rows cannot say it.
import { useEffect, useRef, useState } from "preact/hooks";
import { isObject, object, type Schema } from "../contract";

/** What a rule asks of a call. wrong: why it cannot be asked as it stands. */
export interface Asked {
  when: Schema;
  wrong?: string;
}

const PLACES = { query: "Query", path: "Path", pathParameters: "Parameter of the path", headers: "Header", cookies: "Cookie", body: "Body" };
const OPERATORS = {
  equals: "is", glob: "is like", contains: "contains", matches: "matches", there: "is there", absent: "is absent",
  "not equals": "is not", "not glob": "is not like", "not contains": "does not contain", "not matches": "does not match",
};
const WRITTEN = ["equals", "glob", "contains", "matches", "absent", "not"]; // as the admin API has them
const NOT = "not ";
/** Which calls, by what their `valid` is in JSON. */
const VALID = { true: "valid ones", any: "valid or not", false: "invalid ones" };
const HINTS: Partial<Record<Place, string>> = { body: "/item or $.lines[*].sku", headers: "Idempotency-Key" };
const VALUES: Partial<Record<Operator, string>> = { glob: "cup*", "not glob": "cup*", matches: "^cup-[0-9]+$", "not matches": "^cup-[0-9]+$" };

type Place = keyof typeof PLACES;
type Operator = keyof typeof OPERATORS;
type Valid = keyof typeof VALID;

interface Row {
  place: Place;
  name: string;
  operator: Operator;
  value: string;
}

/** asksValidity: whether one can choose if calls are meant that the contract refuses. */
export function Conditions({ initial, onChange, asksValidity = false }: { initial: Schema; onChange: (asked: Asked) => void; asksValidity?: boolean }) {
  const [rows, setRows] = useState<Row[] | undefined>(() => rowsOf(initial, asksValidity));
  const [valid, setValid] = useState<Valid>(validOf(initial));
  const [text, setText] = useState(JSON.stringify(initial, null, 2));
  const [wrong, setWrong] = useState("");
  const adding = useRef<HTMLButtonElement>(null);
  const [added, setAdded] = useState(-1); // which row was added last: whoever did goes on there
  function change(next: Row[], meant: Valid = valid): void {
    setRows(next);
    setValid(meant);
    onChange(askedOf(next, meant));
  }
  function add(): void {
    setAdded(rows!.length);
    change([...rows!, { place: "query", name: "", operator: "equals", value: "" }]);
  }
  function remove(index: number): void {
    setAdded(-1);
    change(rows!.filter((_, at) => at !== index));
    adding.current?.focus();
  }
  function type(typed: string): void {
    setText(typed);
    const asked = parsed(typed);
    setWrong(asked.wrong ?? "");
    onChange(asked);
  }
  function asJson(): void {
    setText(JSON.stringify(askedOf(rows!, valid).when, null, 2));
    setRows(undefined);
    setAdded(-1);
  }
  function asRows(): void {
    const asked = parsed(text);
    const found = asked.wrong ? undefined : rowsOf(asked.when, asksValidity);
    setWrong(asked.wrong ?? (found ? "" : "Rows cannot say all of this."));
    if (found) change(found, validOf(asked.when));
  }
  return (
    <fieldset class="group conditions">
      <legend>Only calls of which all this holds</legend>
      {rows && asksValidity && (
        <label class="field"><span>Requests</span>
          <select value={valid} onChange={(event) => change(rows, event.currentTarget.value as Valid)}>
            {Object.entries(VALID).map(([name, said]) => <option key={name} value={name}>{said}</option>)}
          </select>
        </label>
      )}
      {rows?.map((row, index) => (
        <Condition
          key={index}
          number={index + 1}
          row={row}
          set={(one) => change(rows.map((other, at) => (at === index ? one : other)))}
          isNew={index === added}
          remove={() => remove(index)}
        />
      ))}
      {rows && !rows.length && <p class="quiet">Nothing is asked.</p>}
      {!rows && <label class="field"><span>Conditions, in JSON</span><textarea rows={4} spellcheck={false} value={text} aria-invalid={wrong !== ""} onInput={(event) => type(event.currentTarget.value)} /></label>}
      {wrong && <p class="wrong-text" role="alert">{wrong}</p>}
      {rows
        ? <><button ref={adding} type="button" onClick={add}>Add a condition</button> <button type="button" onClick={asJson}>As JSON</button></>
        : <button type="button" onClick={asRows}>As rows</button>}
    </fieldset>
  );
}

function Condition({ number, row, isNew, set, remove }: { number: number; row: Row; isNew: boolean; set: (row: Row) => void; remove: () => void }) {
  const first = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    if (isNew) first.current?.focus();
  }, [isNew]);
  const isNamed = row.place !== "path";
  const operators = Object.entries(OPERATORS).filter(([name]) => isNamed || name === "glob");
  const hasValue = row.operator !== "there" && row.operator !== "absent";
  function move(place: Place): void {
    set(place === "path" ? { ...row, place, name: "", operator: "glob" } : { ...row, place });
  }
  return (
    <div class="line" role="group" aria-label={`Condition ${number}`}>
      <label class="field"><span>Where</span>
        <select ref={first} value={row.place} onChange={(event) => move(event.currentTarget.value as Place)}>
          {Object.entries(PLACES).map(([name, said]) => <option key={name} value={name}>{said}</option>)}
        </select>
      </label>
      {isNamed && <label class="field"><span>{row.place === "body" ? "Pointer" : "Name"}</span><input size={14} spellcheck={false} placeholder={HINTS[row.place]} value={row.name} onInput={(event) => set({ ...row, name: event.currentTarget.value })} /></label>}
      <label class="field"><span>How</span>
        <select value={row.operator} onChange={(event) => set({ ...row, operator: event.currentTarget.value as Operator })}>
          {operators.map(([name, said]) => <option key={name} value={name}>{said}</option>)}
        </select>
      </label>
      {hasValue && <label class="field"><span>Value</span><input size={14} spellcheck={false} placeholder={isNamed ? VALUES[row.operator] : "/orders/*"} value={row.value} onInput={(event) => set({ ...row, value: event.currentTarget.value })} /></label>}
      <button type="button" aria-label={`Remove condition ${number}`} onClick={remove}>Remove</button>
    </div>
  );
}

function parsed(text: string): Asked {
  if (!text.trim()) return { when: {} };
  try {
    const when: unknown = JSON.parse(text);
    if (isObject(when)) return { when };
  } catch {
    return { when: {}, wrong: "The conditions are no JSON yet." };
  }
  return { when: {}, wrong: "The conditions are to be an object." };
}

// ---- between rows and what the admin API takes

/** Return what rows ask. Of one name the operators stand together. */
function askedOf(rows: readonly Row[], valid: Valid): Asked {
  const when: Schema = {};
  if (valid !== "true") when["valid"] = valid === "any" ? valid : false;
  for (const row of rows) {
    if (row.place === "path") {
      if (!row.value) return { when, wrong: "Say which path, or remove its condition." };
      when["path"] = row.value;
      continue;
    }
    if (!row.name) return { when, wrong: `Say which ${PLACES[row.place].toLowerCase()} is meant, or remove the condition.` };
    const place = object(when[row.place]);
    const before = object(place[row.name]);
    const more = matcher(row);
    if (Object.keys(more).some((operator) => operator in before)) return { when, wrong: `There can be one condition of this kind on ${row.name}: remove the other.` };
    when[row.place] = { ...place, [row.name]: { ...before, ...more } };
  }
  return { when };
}

function matcher({ place, operator, value }: Row): Schema {
  if (operator === "there" || operator === "absent") return { absent: operator === "absent" };
  const isOpposite = operator.startsWith(NOT);
  const name = isOpposite ? operator.slice(NOT.length) : operator;
  const isValue = place === "body" && (name === "equals" || name === "contains");
  const asked = { [name]: isValue ? read(value) : value };
  return isOpposite ? { not: asked } : asked;
}

function validOf(when: Schema): Valid {
  return String(when["valid"] ?? true) in VALID ? (String(when["valid"] ?? true) as Valid) : "true";
}

/** Take a text for the JSON that it is, else for itself. */
function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Return conditions as rows; undefined where they say what no row does. */
function rowsOf(when: Schema, asksValidity: boolean): Row[] | undefined {
  const rows: (Row | undefined)[] = [];
  for (const [place, asked] of Object.entries(when)) {
    if (place === "valid" && asksValidity && (asked === "any" || typeof asked === "boolean")) continue;
    if (place === "path" && typeof asked === "string") rows.push({ place, name: "", operator: "glob", value: asked });
    else if (place === "path" || !(place in PLACES) || !isObject(asked)) return undefined;
    else for (const [name, one] of Object.entries(asked)) rows.push(...rowsOfOne(place as Place, name, one));
  }
  return rows.includes(undefined) ? undefined : (rows as Row[]);
}

function rowsOfOne(place: Place, name: string, asked: unknown): (Row | undefined)[] {
  if (!isObject(asked) || !isOperators(asked)) {
    const isGlob = place !== "body" && typeof asked === "string" && asked.includes("*");
    return [{ place, name, operator: isGlob ? "glob" : "equals", value: written(asked, place) }];
  }
  return Object.entries(asked).map(([operator, value]) => {
    if (operator === "not") return rowOfOpposite(place, name, object(value));
    if (operator === "absent") return { place, name, operator: value ? "absent" : "there", value: "" };
    return { place, name, operator: operator as Operator, value: written(value, place) };
  });
}

/** Return the row of an opposite; undefined where it is that of several at once. */
function rowOfOpposite(place: Place, name: string, asked: Schema): Row | undefined {
  const [one, ...others] = Object.entries(asked);
  if (!one || others.length) return undefined;
  const [operator, value] = one;
  if (operator === "absent") return { place, name, operator: value ? "there" : "absent", value: "" };
  return NOT + operator in OPERATORS ? { place, name, operator: (NOT + operator) as Operator, value: written(value, place) } : undefined;
}

/** Tell whether an object has only the names of operators. */
function isOperators(asked: Schema): boolean {
  const names = Object.keys(asked);
  return names.length > 0 && names.every((name) => WRITTEN.includes(name));
}

function written(value: unknown, place: Place): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return place === "body" && read(value) !== value ? JSON.stringify(value) : value; // what would be taken for a number stays a text
}
