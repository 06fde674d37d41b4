// Faults and answers: which calls go wrong, and what some of them are answered.
import { useState } from "preact/hooks";
import { asked, client, Refused, refusal, sentence, type Entry, type Failure, type Schemas } from "../api";
import { Dialog, Do, useLoaded } from "../parts/common";
import { Conditions, type Asked } from "../parts/conditions";
import { RuleList, type RuleRow } from "../parts/rules";
import { AnswerFields, answersOf, ERROR, FaultFields, faultsOf, NO_ANSWER, Turns, type AnswerTurn, type Fault, type FaultTurn } from "../parts/turns";
import type { Schema } from "../contract";
import { apis, route, say, session, tell } from "../state";
import { entries } from "../stream";

type Answer = Schemas["ScriptedAnswer"];

/** A fault rule. The generated client has no type for it, since what it requires depends on what it has. */
interface Rule {
  id?: string;
  match?: Schemas["FaultMatch"];
  fault?: Fault;
  sequence?: Fault[];
  repeat?: boolean;
  probability?: number;
  times?: number;
  calls?: number;
  hits?: number;
  remaining?: number | null;
}

export function Faults() {
  const path = { session: session.value };
  const faults = useLoaded(async () => (await asked(client.GET("/sessions/{session}/faults", { params: { path } }))).items as Rule[], [session.value, entries.value.length]);
  const answers = useLoaded(() => asked(client.GET("/sessions/{session}/answers", { params: { path } })), [session.value, entries.value.length]);
  const making = route.value.query["make"];
  const from = entries.value.find((entry) => String(entry.number) === route.value.query["entry"]);
  const close = () => say({ make: undefined, entry: undefined });
  async function done(text: string): Promise<void> {
    close();
    await Promise.all([faults.again(), answers.again()]);
    tell(text);
  }
  const removeFault = async (id: string) => {
    await asked(client.DELETE("/sessions/{session}/faults/{id}", { params: { path: { ...path, id } } }));
    await faults.again();
  };
  const removeAnswer = async (id: string) => {
    await asked(client.DELETE("/sessions/{session}/answers/{id}", { params: { path: { ...path, id } } }));
    await answers.again();
  };
  return (
    <section class="page" aria-labelledby="faults-title">
      <h1 id="faults-title">Faults and answers</h1>
      <p class="lead">A fault makes calls of <b>{session.value}</b> go wrong; an answer is given in place of the sandbox's own. Both go when the session is reset.</p>
      {(faults.error ?? answers.error) && <p class="banner wrong" role="alert">{faults.error ?? answers.error}</p>}
      <RuleList
        title="Faults"
        label="Fault rules"
        heads={["Rule", "Which calls", "What happens", "Struck"]}
        empty="No call goes wrong on purpose."
        rows={faults.value?.map(faultRow)}
        make={{ text: "New fault", work: () => say({ make: "fault" }) }}
        remove={removeFault}
      />
      <RuleList
        title="Answers"
        label="Scripted answers"
        heads={["Answer", "Operation", "When", "Says", "Given"]}
        empty="The sandbox answers everything itself."
        rows={answers.value?.items.map(answerRow)}
        make={{ text: "New answer", work: () => say({ make: "answer" }) }}
        remove={removeAnswer}
        isApart
      />
      {making === "fault" && <NewFault key={from?.number} from={from} onClose={close} onDone={done} />}
      {making === "answer" && <NewAnswer key={from?.number} from={from} onClose={close} onDone={done} />}
    </section>
  );
}

function faultRow(rule: Rule): RuleRow {
  return {
    id: rule.id!,
    cells: [<code>{matchText(rule.match)}</code>, happens(rule)],
    count: `${rule.hits} of ${rule.calls}`,
    left: rule.remaining ?? "always",
  };
}

function answerRow(answer: Answer): RuleRow {
  return {
    id: answer.id!,
    source: answer.source,
    cells: [answer.operation, <code>{answer.when ? JSON.stringify(answer.when) : "any valid call"}</code>, answerText(answer)],
    count: answer.calls ?? 0,
    left: answer.remaining ?? "always",
  };
}

function matchText(match: Rule["match"]): string {
  if (!match || !Object.keys(match).length) return "every call";
  const { api, operation, method, path, ...others } = match;
  const words = [api, operation, method, path].filter(Boolean);
  if (Object.keys(others).length) words.push(JSON.stringify(others));
  return words.join(" ");
}

function happens(rule: Rule): string {
  const text = rule.sequence ? inTurn(rule.sequence.map(faultText), rule.repeat) : faultText(rule.fault);
  return rule.probability ? `${text}, for ${Math.round(rule.probability * 100)} % of them` : text;
}

function faultText(fault: Fault | undefined): string {
  if (!fault) return "";
  const { kind, ...facts } = fault;
  const said = Object.entries(facts).map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`);
  return (kind === "status" ? said : [kind, ...said]).join(" ");
}

function inTurn(texts: readonly string[], isAgain?: boolean): string {
  const most = 5; // a thousand can be
  const more = texts.length > most ? `, and ${texts.length - most} more` : "";
  return texts.slice(0, most).join(", then ") + more + (isAgain ? ", and again" : "");
}

function answerText(answer: Schemas["ScriptedTurn"] & Partial<Pick<Answer, "sequence" | "repeat">>): string {
  if (answer.sequence) return inTurn(answer.sequence.map(answerText), answer.repeat);
  if (answer.default) return "what the sandbox says";
  const body = answer.body === undefined ? answer.text : JSON.stringify(answer.body);
  return [answer.status ?? "its success", body && (body.length > 60 ? `${body.slice(0, 60)} …` : body)].filter(Boolean).join(" ");
}

// ---- making one

interface Making {
  from?: Entry;
  onClose: () => void;
  onDone: (text: string) => Promise<void>;
}

function NewFault({ from, onClose, onDone }: Making) {
  const [operation, setOperation] = useState(from?.operation ? `${from.api} ${from.operation}` : "");
  const [turns, setTurns] = useState<FaultTurn[]>([ERROR]);
  const [isAgain, setAgain] = useState(false);
  const [times, setTimes] = useState("");
  const [percent, setPercent] = useState("");
  const [more, setMore] = useState<Asked>({ when: {} });
  const [wrong, setWrong] = useState<unknown>();
  async function add(): Promise<void> {
    try {
      const [api, key] = split(operation);
      const match = { ...(api ? { api } : {}), ...(key ? { operation: key } : {}), ...whenOf(more) };
      const rule: Rule = { match, ...faultsOf(turns, isAgain), ...(times ? { times: Number(times) } : {}), ...(percent ? { probability: Number(percent) / 100 } : {}) };
      const made = (await asked<unknown>(client.POST("/sessions/{session}/faults", { params: { path: { session: session.value } }, body: rule as never }))) as Rule;
      await onDone(`${made.id} strikes from now on.`);
    } catch (error) {
      setWrong(error);
    }
  }
  return (
    <Dialog title="New fault" onClose={onClose}>
      <Operations value={operation} onChange={setOperation} any="Every operation" />
      <Turns turns={turns} fresh={ERROR} isAgain={isAgain} set={(next, again) => { setTurns(next); setAgain(again); }} show={(turn, set) => <FaultFields turn={turn} set={set} />} />
      <div class="line">
        <label class="field"><span>For the next … calls</span><input inputMode="numeric" size={8} placeholder="all" value={times} onInput={(event) => setTimes(event.currentTarget.value)} /></label>
        <label class="field"><span>Per cent of them</span><input inputMode="numeric" size={8} placeholder="100" value={percent} onInput={(event) => setPercent(event.currentTarget.value)} /></label>
      </div>
      <Conditions initial={more.when} onChange={setMore} />
      <Wrong error={wrong} />
      <p class="actions"><Do class="main" work={add}>Add the fault</Do></p>
    </Dialog>
  );
}

function NewAnswer({ from, onClose, onDone }: Making) {
  const [operation, setOperation] = useState(from?.operation ? `${from.api} ${from.operation}` : "");
  const [turns, setTurns] = useState<AnswerTurn[]>(() => [turnOf(from)]);
  const [isAgain, setAgain] = useState(false);
  const [times, setTimes] = useState("");
  const [priority, setPriority] = useState("");
  const [more, setMore] = useState<Asked>({ when: from ? conditionsOf(from) : {} });
  const [isUnchecked, setUnchecked] = useState(false);
  const [wrong, setWrong] = useState<unknown>();
  const folder = useLoaded(async () => (await asked(client.GET("/answer-files"))).folder, []).value;
  const [isSaved, setSaved] = useState(Boolean(from)); // where there is a folder: what was seen is worth keeping
  const [file, setFile] = useState(from ? fileFor(from) : "");
  const [isReplaced, setReplaced] = useState(false);
  async function keep(answer: Answer): Promise<void> {
    if (!folder || !isSaved) {
      const made = await asked(client.POST("/sessions/{session}/answers", { params: { path: { session: session.value } }, body: answer }));
      return onDone(`${made.id} is given from now on.`);
    }
    const params = { path: { file: withSuffix(file) }, query: isReplaced ? { replace: true } : {} };
    const saved = await asked(client.PUT("/answer-files/{file}", { params, body: answer }));
    return onDone(`It is saved to ${saved.path}, and given in each session from now on.`);
  }
  async function add(): Promise<void> {
    try {
      const [api, key] = split(operation);
      const answer = {
        api,
        operation: key,
        ...answersOf(turns, isAgain),
        ...(times ? { times: Number(times) } : {}),
        ...(priority ? { priority: Number(priority) } : {}),
        ...(Object.keys(whenOf(more)).length ? { when: more.when } : {}),
        ...(isUnchecked ? { unchecked: true } : {}),
      } as unknown as Answer;
      await keep(answer);
    } catch (error) {
      setWrong(error);
    }
  }
  return (
    <Dialog title="New answer" onClose={onClose} wide>
      <Operations value={operation} onChange={setOperation} any="Choose an operation" />
      <Turns turns={turns} fresh={NO_ANSWER} isAgain={isAgain} set={(next, again) => { setTurns(next); setAgain(again); }} show={(turn, set) => <AnswerFields turn={turn} set={set} />} />
      <div class="line">
        <label class="field"><span>For the next … calls</span><input inputMode="numeric" size={8} placeholder="all" value={times} onInput={(event) => setTimes(event.currentTarget.value)} /></label>
        <label class="field"><span>Priority, the lowest first</span><input inputMode="numeric" size={8} placeholder="5" value={priority} onInput={(event) => setPriority(event.currentTarget.value)} /></label>
      </div>
      <Conditions initial={more.when} onChange={setMore} asksValidity />
      <label class="check"><input type="checkbox" checked={isUnchecked} onChange={(event) => setUnchecked(event.currentTarget.checked)} /> Give it although the contract does not allow it</label>
      {folder && (
        <label class="check"><input type="checkbox" checked={isSaved} onChange={(event) => setSaved(event.currentTarget.checked)} /> Save it to <code>{folder}</code>, for every session</label>
      )}
      {folder && isSaved && (
        <div class="line">
          <label class="field"><span>File</span><input size={32} spellcheck={false} placeholder="name.yaml" value={file} onInput={(event) => setFile(event.currentTarget.value)} /></label>
          <label class="check"><input type="checkbox" checked={isReplaced} onChange={(event) => setReplaced(event.currentTarget.checked)} /> In the place of a file of this name</label>
        </div>
      )}
      <Wrong error={wrong} />
      <p class="actions"><Do class="main" disabled={!operation || Boolean(folder && isSaved && !file.trim())} work={add}>{folder && isSaved ? "Save the answer" : "Add the answer"}</Do></p>
    </Dialog>
  );
}

/** Return what was answered as a turn; an empty one where nothing was. */
function turnOf(entry: Entry | undefined): AnswerTurn {
  if (!entry) return NO_ANSWER;
  const body = entry.responseBody === undefined ? "" : JSON.stringify(entry.responseBody, null, 2);
  return { ...NO_ANSWER, status: String(entry.status), body };
}

/** Return the conditions under which what was asked is asked again: the same path and query. */
function conditionsOf(entry: Entry): Schema {
  const query = Object.fromEntries(Object.entries(entry.query).map(([name, value]) => [name, { equals: [value].flat()[0] }]));
  return { path: entry.path, ...(Object.keys(query).length ? { query } : {}) };
}

/** Return what is asked of a call. Throws where a row is not filled in, or its JSON is none. */
function whenOf(asked: Asked): Schema {
  if (asked.wrong) throw new Error(asked.wrong);
  return asked.when;
}

/** Return a name for the file of an answer that was seen. */
function fileFor(entry: Entry): string {
  const name = `${entry.operationId}-${entry.status}`.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^-+/, "");
  return `${name.slice(0, 60)}.yaml`;
}

function withSuffix(file: string): string {
  const name = file.trim();
  return /\.ya?ml$/.test(name) ? name : `${name}.yaml`;
}

function split(operation: string): [string, string] {
  const at = operation.indexOf(" ");
  return at < 0 ? ["", ""] : [operation.slice(0, at), operation.slice(at + 1)];
}

function Operations({ value, onChange, any }: { value: string; onChange: (value: string) => void; any: string }) {
  const found = useLoaded(
    () => Promise.all(apis.value.map(async ({ name }) => ({ name, items: (await asked(client.GET("/apis/{api}/operations", { params: { path: { api: name } } }))).items }))),
    [apis.value],
  );
  return (
    <label class="field"><span>Operation</span>
      <select key={found.value ? "loaded" : "loading"} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{any}</option>
        {found.value?.map((api) => (
          <optgroup key={api.name} label={api.name}>
            {api.items.map((one) => <option key={one.key} value={`${api.name} ${one.key}`}>{one.method} {one.path}</option>)}
          </optgroup>
        ))}
      </select>
    </label>
  );
}

function Wrong({ error }: { error: unknown }) {
  if (!error) return null;
  const failures: Failure[] = error instanceof Refused ? error.failures : [];
  return (
    <div class="banner wrong" role="alert">
      {failures.length
        ? <ul>{failures.map((failure, index) => <li key={index}><code>{failure.pointer || failure.location}</code> {refusal(failure)}</li>)}</ul>
        : sentence(error)}
    </div>
  );
}
