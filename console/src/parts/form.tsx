// A form made from a schema: a field for each member, also of an object within, and of each item of a list of objects.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Refused, refusal, sentence, type Failure } from "../api";
import { choicesOf, isNullable, isObject, likeliest, list, merged, object, typeOf, type Choice, type Schema } from "../contract";
import { escape } from "./json";

interface FormProps {
  initial: Schema;
  contract: Schema;
  /** What the value is to be; undefined where the contract says nothing of it. */
  schema?: Schema;
  verb: string;
  save: (value: Schema) => Promise<void>;
  beside?: ComponentChildren;
  isBlocked?: boolean;
}

export function Form({ initial, contract, schema, verb, save, beside, isBlocked }: FormProps) {
  const [value, setValue] = useState<Schema>(initial);
  const [asText, setAsText] = useState<string>();
  const [failures, setFailures] = useState<Failure[]>([]);
  const [wrong, setWrong] = useState("");
  useEffect(() => setValue(initial), [initial]);
  async function submit(): Promise<void> {
    setFailures([]);
    setWrong("");
    try {
      await save(asText === undefined ? value : (JSON.parse(asText) as Schema));
    } catch (error) {
      setWrong(sentence(error));
      if (error instanceof Refused) setFailures(error.failures);
    }
  }
  function asForm(): void {
    try {
      setValue(JSON.parse(asText!) as Schema);
      setAsText(undefined);
      setWrong("");
    } catch (error) {
      setWrong(sentence(error));
    }
  }
  return (
    <form class="record" onSubmit={(event) => { event.preventDefault(); void submit(); }}>
      {asText === undefined
        ? <Choosing name="it" contract={contract} schema={schema ?? {}} value={value} pointer="" failures={failures} set={setValue} />
        : <label class="field"><span>JSON</span><textarea rows={16} spellcheck={false} value={asText} onInput={(event) => setAsText(event.currentTarget.value)} /></label>}
      {wrong && <p class="banner wrong" role="alert">{wrong}</p>}
      <div class="actions">
        <button class="main" type="submit" disabled={isBlocked}>{verb}</button>
        {asText === undefined
          ? <button type="button" onClick={() => setAsText(JSON.stringify(value, null, 2))}>As JSON</button>
          : <button type="button" onClick={asForm}>As a form</button>}
        {beside}
      </div>
    </form>
  );
}

interface Place {
  contract: Schema;
  /** What the value is to be. */
  schema: Schema;
  /** Where the value stands in the record. */
  pointer: string;
  /** What was refused, of the whole record. */
  failures: readonly Failure[];
}

/** Show the members of an object, and before them which of several objects it is where there is a choice. */
function Choosing(props: Place & { name: string; value: Schema; set: (value: Schema) => void }) {
  const { name, contract, schema, value, set } = props;
  const choices = useMemo(() => choicesOf(contract, schema), [contract, schema]);
  const whole = useMemo(() => merged(contract, schema), [contract, schema]);
  const [chosen, setChosen] = useState<number>();
  if (!choices.length) return <Members {...props} schema={whole} />;
  const at = chosen ?? likeliest(choices, value);
  function choose(index: number): void {
    setChosen(index);
    set(taking(value, choices[index]!));
  }
  return (
    <>
      <label class="field">
        <span>Which of these {name} is</span>
        <select value={String(at)} onChange={(event) => choose(Number(event.currentTarget.value))}>
          {choices.map((one, index) => <option key={index} value={String(index)}>{one.name}</option>)}
        </select>
      </label>
      <Members key={at} {...props} schema={choices[at]!.schema} />
    </>
  );
}

/** Return what of an object another choice knows too, with what says which it is. */
function taking(value: Schema, { schema, constants }: Choice): Schema {
  const known = object(schema["properties"]);
  const kept = Object.fromEntries(Object.entries(value).filter(([name]) => name in known));
  const said = Object.fromEntries(Object.entries(constants).filter(([name]) => name in kept || list(schema["required"]).includes(name)));
  return { ...kept, ...said };
}

/** Show a field for each member that an object may have, and for each that it has all the same. */
function Members({ contract, schema, value, pointer, failures, set }: Place & { value: Schema; set: (value: Schema) => void }) {
  const properties = object(schema["properties"]);
  const required = new Set(list(schema["required"]));
  const names = [...new Set([...Object.keys(properties), ...Object.keys(value)])];
  const setMember = (name: string, member: unknown) => {
    const { [name]: _, ...others } = value;
    set(member === undefined ? others : { ...value, [name]: member });
  };
  return (
    <>
      {names.map((name) => (
        <Field
          key={name}
          name={name}
          contract={contract}
          schema={object(properties[name])}
          pointer={`${pointer}/${escape(name)}`}
          isRequired={required.has(name)}
          value={value[name]}
          failures={failures}
          set={(member) => setMember(name, member)}
        />
      ))}
    </>
  );
}

/** What a field shows. `whole`, which some take beside its schema, is that with its references followed. */
interface FieldProps extends Place {
  name: string;
  isRequired: boolean;
  value: unknown;
  set: (value: unknown) => void;
}

function Field(props: FieldProps) {
  const { name, contract, schema, value } = props;
  const whole = useMemo(() => merged(contract, schema), [contract, schema]);
  if (namesMembers(contract, schema) && mayBeObject(value)) return <Group {...props} whole={whole} />;
  const item = object(whole["items"]);
  if (typeOf(whole) === "array" && namesMembers(contract, item) && mayBeObjects(value)) return <Items {...props} whole={whole} item={item} />;
  return (
    <label class="field" title={String(whole["description"] ?? "")}>
      <span>{name} <Hints whole={whole} isRequired={props.isRequired} /></span>
      <Control schema={whole} value={value} isWrong={failuresBelow(props).length > 0} set={props.set} />
      <Failures pointer={props.pointer} failures={failuresBelow(props)} />
    </label>
  );
}

/** Tell whether a schema says which members an object has, or leaves a choice between such objects alone. */
function namesMembers(contract: Schema, schema: Schema): boolean {
  if (choicesOf(contract, schema).length) return true;
  const whole = merged(contract, schema);
  const alternatives = [...list(whole["oneOf"]), ...list(whole["anyOf"])].filter((one) => object(one)["type"] !== "null");
  return alternatives.length < 2 && Object.keys(object(whole["properties"])).length > 0;
}

function mayBeObject(value: unknown): boolean {
  return value === undefined || value === null || isObject(value);
}

function mayBeObjects(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.every(isObject));
}

/** Show an object within an object; one that is left out, or null, has no fields until somebody wants it. */
function Group(props: FieldProps & { whole: Schema }) {
  const { name, whole, value, pointer, failures, isRequired, set } = props;
  const none = isNullable(whole) ? null : undefined;
  const canBeLeftOut = !isRequired || none === null;
  const leaving = none === null ? "Make it null" : "Leave it out";
  return (
    <fieldset class="group">
      <legend title={String(whole["description"] ?? "")}>{name} <Hints {...props} /></legend>
      {isObject(value)
        ? <Choosing {...props} value={value} />
        : <p class="quiet">{value === null ? "It is null." : "It is left out."}</p>}
      <Failures pointer={pointer} failures={failuresAt(pointer, failures)} />
      {!isObject(value) && <button type="button" aria-label={`Fill in: ${name}`} onClick={() => set({})}>Fill in</button>}
      {isObject(value) && canBeLeftOut && <button type="button" aria-label={`${leaving}: ${name}`} onClick={() => set(none)}>{leaving}</button>}
    </fieldset>
  );
}

/** Show a list of objects, each with fields of its own. */
function Items(props: FieldProps & { whole: Schema; item: Schema }) {
  const { name, contract, whole, item, pointer, failures, set } = props;
  const [turn, setTurn] = useState(0); // the items behind one that goes are others, and begin anew
  const adding = useRef<HTMLButtonElement>(null);
  const items = list(props.value) as Schema[];
  const replace = (index: number, one: Schema) => set(items.map((other, at) => (at === index ? one : other)));
  function remove(index: number): void {
    set(items.filter((_, at) => at !== index));
    setTurn(turn + 1);
    adding.current?.focus();
  }
  return (
    <fieldset class="group">
      <legend title={String(whole["description"] ?? "")}>{name} <Hints {...props} /></legend>
      {items.map((one, index) => (
        <fieldset key={`${turn} ${index}`} class="group">
          <legend>{name} {index + 1}</legend>
          <Choosing name={`${name} ${index + 1}`} contract={contract} schema={item} value={one} pointer={`${pointer}/${index}`} failures={failures} set={(changed) => replace(index, changed)} />
          <Failures pointer={`${pointer}/${index}`} failures={failuresAt(`${pointer}/${index}`, failures)} />
          <button type="button" aria-label={`Remove: ${name} ${index + 1}`} onClick={() => remove(index)}>Remove</button>
        </fieldset>
      ))}
      {!items.length && <p class="quiet">{Array.isArray(props.value) ? "There is none." : "It is left out."}</p>}
      <Failures pointer={pointer} failures={failuresAt(pointer, failures)} />
      <button ref={adding} type="button" aria-label={`Add one: ${name}`} onClick={() => set([...items, {}])}>Add one</button>
    </fieldset>
  );
}

function Hints({ whole, isRequired }: { whole: Schema; isRequired: boolean }) {
  const hints = [isRequired ? "required" : "", String(whole["format"] ?? ""), whole["readOnly"] ? "read only to callers" : ""].filter(Boolean);
  if (!hints.length) return null;
  return <i class="quiet">{hints.join(", ")}</i>;
}

function failuresAt(pointer: string, failures: readonly Failure[]): Failure[] {
  return failures.filter((failure) => failure.pointer === pointer);
}

function failuresBelow({ pointer, failures }: Place): Failure[] {
  return failures.filter((failure) => failure.pointer === pointer || failure.pointer.startsWith(`${pointer}/`));
}

/** Say what was refused at a field, and below it where it has no fields of its own. */
function Failures({ pointer, failures }: { pointer: string; failures: readonly Failure[] }) {
  return (
    <>
      {failures.map((failure) => (
        <span key={failure.pointer + failure.rule} class="wrong-text">
          {failure.pointer === pointer ? "" : `${failure.pointer} `}{refusal(failure)}
        </span>
      ))}
    </>
  );
}

function Control({ schema, value, isWrong, set }: { schema: Schema; value: unknown; isWrong: boolean; set: (value: unknown) => void }) {
  const type = typeOf(schema) || (value === null || value === undefined ? "" : Array.isArray(value) ? "array" : typeof value);
  const constants = list(schema["enum"]);
  const canBeNull = isNullable(schema);
  if (constants.length) {
    const chosen = constants.findIndex((one) => one === value);
    return (
      <select aria-invalid={isWrong} value={String(chosen)} onChange={(event) => set(constants[Number(event.currentTarget.value)])}>
        <option value="-1">{value === undefined || chosen >= 0 ? "" : String(value)}</option>
        {constants.map((one, index) => <option key={index} value={String(index)}>{String(one)}</option>)}
      </select>
    );
  }
  if (type === "boolean") {
    return (
      <select aria-invalid={isWrong} value={value === undefined ? "" : String(value)} onChange={(event) => set(WORDS.get(event.currentTarget.value))}>
        <option value="" /><option>true</option><option>false</option>{(canBeNull || value === null) && <option>null</option>}
      </select>
    );
  }
  if (type === "object" || type === "array") return <Structure value={value} isWrong={isWrong} set={set} />;
  const isNumber = type === "number" || type === "integer";
  const text = value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  return (
    <input
      aria-invalid={isWrong}
      placeholder={value === null ? "null" : ""}
      inputMode={isNumber ? "decimal" : undefined}
      value={text}
      onInput={(event) => set(read(event.currentTarget.value, isNumber, canBeNull))}
    />
  );
}

/** What the choices of a flag stand for; the empty one leaves it out. */
const WORDS = new Map<string, boolean | null>([["true", true], ["false", false], ["null", null]]);

/** Take a text for what it stands for: nothing, or null where that may be; a number where one is wanted and it is one; else itself, for the contract to refuse. */
function read(text: string, isNumber: boolean, canBeNull: boolean): unknown {
  if (text === "") return canBeNull ? null : undefined;
  return isNumber && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function Structure({ value, isWrong, set }: { value: unknown; isWrong: boolean; set: (value: unknown) => void }) {
  const [text, setText] = useState(value === undefined ? "" : JSON.stringify(value, null, 2));
  const [isBroken, setBroken] = useState(false);
  function onInput(typed: string): void {
    setText(typed);
    try {
      set(typed.trim() ? JSON.parse(typed) : undefined);
      setBroken(false);
    } catch {
      setBroken(true);
    }
  }
  return (
    <>
      <textarea ref={(element) => element?.setCustomValidity(isBroken ? "This is no JSON yet." : "")} aria-invalid={isWrong || isBroken} rows={Math.min(8, text.split("\n").length)} spellcheck={false} value={text} onInput={(event) => onInput(event.currentTarget.value)} />
      {isBroken && <span class="wrong-text">This is no JSON yet.</span>}
    </>
  );
}
