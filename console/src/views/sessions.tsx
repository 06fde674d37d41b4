// Sessions: isolated worlds, made, reset, kept as snapshots, and compared.
import { useEffect, useState } from "preact/hooks";
import { asked, client, sentence, type Schemas, type Session } from "../api";
import { differences, type Difference } from "../compare";
import { Dialog, Do, plural, save } from "../parts/common";
import { address, loadSessions, session as current, sessions, tell } from "../state";
import { follow } from "../stream";

const NAME = /^[A-Za-z0-9._-]{1,64}$/;

export function Sessions() {
  const [comparing, setComparing] = useState<string>();
  const [restoring, setRestoring] = useState<string>();
  useEffect(() => {
    void loadSessions().catch(() => undefined);
    const timer = setInterval(() => void loadSessions().catch(() => undefined), 5000);
    return () => clearInterval(timer);
  }, []);
  return (
    <section class="page" aria-labelledby="sessions-title">
      <h1 id="sessions-title">Sessions</h1>
      <p class="lead">Each is a world of its own: records, clock, faults and requests. Callers choose theirs with the header <code>Sandbox-Session</code>.</p>
      <NewSession />
      <div class="scroll" tabIndex={0} role="region" aria-label="All sessions">
        <table class="rows">
          <thead><tr><th>Name</th><th class="number">Records</th><th class="number">Requests</th><th class="number">Faults</th><th>Its time</th><th class="number">Idle</th><th><span class="hidden">Actions</span></th></tr></thead>
          <tbody>
            {sessions.value.map((one) => <SessionRow key={one.name} one={one} onCompare={() => setComparing(one.name)} onRestore={() => setRestoring(one.name)} />)}
          </tbody>
        </table>
      </div>
      {comparing && <Compare one={comparing} onClose={() => setComparing(undefined)} />}
      {restoring && <Restore name={restoring} onClose={() => setRestoring(undefined)} />}
    </section>
  );
}

function NewSession() {
  const [name, setName] = useState("");
  const isWrong = name !== "" && !NAME.test(name);
  async function create(): Promise<void> {
    const made = await asked(client.POST("/sessions", { body: name ? { name } : {} }));
    setName("");
    await loadSessions();
    tell(`The session ${made.name} is made.`);
  }
  return (
    <form class="line" onSubmit={(event) => { event.preventDefault(); if (!isWrong) void create().catch((error) => tell(sentence(error), "wrong")); }}>
      <input aria-label="Name of a new session" placeholder="Name, or none" value={name} aria-invalid={isWrong} onInput={(event) => setName(event.currentTarget.value)} />
      <button class="main" type="submit" disabled={isWrong}>New session</button>
      {isWrong && <span class="wrong-text">1 to 64 of A-Z a-z 0-9 . _ -</span>}
    </form>
  );
}

function SessionRow({ one, onCompare, onRestore }: { one: Session; onCompare: () => void; onRestore: () => void }) {
  const path = { session: one.name };
  async function reset(): Promise<void> {
    await asked(client.POST("/sessions/{session}/{verb}", { params: { path: { ...path, verb: "reset" } } }));
    if (one.name === current.value) follow(one.name);
    await loadSessions();
    tell(`${one.name} is as new.`);
  }
  async function remove(): Promise<void> {
    await asked(client.DELETE("/sessions/{session}", { params: { path } }));
    await loadSessions();
    tell(`${one.name} is forgotten.`);
  }
  async function keep(): Promise<void> {
    const snapshot = await snapshotOf(one.name);
    save(`${one.name}.snapshot.json`, JSON.stringify(snapshot, null, 1));
  }
  return (
    <tr aria-current={one.name === current.value ? "true" : undefined}>
      <th scope="row"><a href={address("requests", { session: one.name })}>{one.name}</a></th>
      <td class="number">{one.records.toLocaleString("en")}</td>
      <td class="number">{one.requests.toLocaleString("en")}</td>
      <td class="number">{one.faults}</td>
      <td class="nowrap">{one.clock.slice(0, 19).replace("T", " ")}</td>
      <td class="number nowrap">{idle(one.idleSeconds)}</td>
      <td class="buttons">
        <Do work={keep} title="All records and the clock, as a file">Snapshot</Do>
        <button type="button" onClick={onRestore}>Restore</button>
        <button type="button" onClick={onCompare}>Compare</button>
        <Do work={reset}>Reset</Do>
        {one.name !== "default" && <Do work={remove}>Forget</Do>}
      </td>
    </tr>
  );
}

function idle(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

async function snapshotOf(session: string): Promise<Schemas["Snapshot"]> {
  return asked(client.GET("/sessions/{session}/snapshot", { params: { path: { session } } }));
}

function Restore({ name, onClose }: { name: string; onClose: () => void }) {
  const [from, setFrom] = useState(sessions.value.find((one) => one.name !== name)?.name ?? "");
  const [file, setFile] = useState<File>();
  const [wrong, setWrong] = useState("");
  async function restore(snapshot: Schemas["Snapshot"], what: string): Promise<void> {
    try {
      await asked(client.PUT("/sessions/{session}/snapshot", { params: { path: { session: name } }, body: snapshot }));
    } catch (error) {
      setWrong(sentence(error));
      return;
    }
    await loadSessions();
    tell(`${name} is in the state of ${what}.`);
    onClose();
  }
  async function read(): Promise<void> {
    let snapshot: Schemas["Snapshot"];
    try {
      snapshot = JSON.parse(await file!.text()) as Schemas["Snapshot"];
    } catch (error) {
      setWrong(`${file!.name} is no JSON: ${sentence(error)}`);
      return;
    }
    await restore(snapshot, file!.name);
  }
  const others = sessions.value.filter((one) => one.name !== name);
  return (
    <Dialog title={`Restore ${name}`} onClose={onClose}>
      <p>All that {name} remembers is replaced.</p>
      <div class="line">
        <label class="field"><span>A snapshot's file</span><input type="file" accept="application/json,.json" onChange={(event) => setFile(event.currentTarget.files?.[0])} /></label>
        <Do class="main" disabled={!file} work={read}>Restore the file</Do>
      </div>
      {others.length > 0 && (
        <div class="line">
          <label class="field"><span>Another session as it is now</span>
            <select value={from} onChange={(event) => setFrom(event.currentTarget.value)}>{others.map((one) => <option key={one.name}>{one.name}</option>)}</select>
          </label>
          <Do class="main" work={async () => restore(await snapshotOf(from), from)}>Copy it</Do>
        </div>
      )}
      {wrong && <p class="banner wrong" role="alert">{wrong}</p>}
    </Dialog>
  );
}

// ---- two beside each other

function Compare({ one, onClose }: { one: string; onClose: () => void }) {
  const others = sessions.value.map((other) => other.name).filter((name) => name !== one);
  const [other, setOther] = useState(others[0] ?? "");
  const [found, setFound] = useState<Difference[]>();
  const [wrong, setWrong] = useState("");
  useEffect(() => {
    if (!other) return;
    let isOver = false;
    Promise.all([snapshotOf(one), snapshotOf(other)])
      .then(([left, right]) => isOver || setFound(differences(left, right)))
      .catch((error) => setWrong(sentence(error)));
    return () => void (isOver = true);
  }, [other]);
  return (
    <Dialog title={`Compare ${one}`} onClose={onClose} wide>
      {!other && <p>There is no other session to compare it with.</p>}
      {other && (
        <label class="field"><span>with</span>
          <select value={other} onChange={(event) => setOther(event.currentTarget.value)}>{others.map((name) => <option key={name}>{name}</option>)}</select>
        </label>
      )}
      {wrong && <p class="banner wrong" role="alert">{wrong}</p>}
      {found && <Found found={found} one={one} other={other} />}
    </Dialog>
  );
}

const SHOWN = 300;

function Found({ found, one, other }: { found: Difference[]; one: string; other: string }) {
  if (!found.length) return <p>Both remember the same.</p>;
  return (
    <>
      <p>{plural(found.length, "difference")}{found.length > SHOWN ? `, of which the first ${SHOWN} are shown` : ""}.</p>
      <div class="scroll" tabIndex={0} role="region" aria-label="Differences">
        <table class="rows differences">
          <thead><tr><th>Where</th><th>{one}</th><th>{other}</th></tr></thead>
          <tbody>
            {found.slice(0, SHOWN).map((difference) => (
              <tr key={difference.where}>
                <th scope="row"><code>{difference.where}</code></th>
                <td><code>{difference.left ?? "-"}</code></td>
                <td><code>{difference.right ?? "-"}</code></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
