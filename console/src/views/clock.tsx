// Clock: the time in a session, which stands still until it is moved.
import { useState } from "preact/hooks";
import { asked, client, type Schemas } from "../api";
import { Do, useLoaded } from "../parts/common";
import { session, tell } from "../state";

const STEPS: [string, number][] = [["1 minute", 60], ["1 hour", 3600], ["1 day", 86400], ["30 days", 30 * 86400]];

export function Clock() {
  const path = { session: session.value };
  const clock = useLoaded(() => asked(client.GET("/sessions/{session}/clock", { params: { path } })), [session.value]);
  const [seconds, setSeconds] = useState("");
  const [time, setTime] = useState("");
  async function after(changing: Promise<Schemas["Clock"]>): Promise<void> {
    const now = await changing;
    await clock.again();
    tell(`It is ${shown(now.now)}.`);
  }
  const advance = (by: number) => after(asked(client.POST("/sessions/{session}/clock/advance", { params: { path }, body: { seconds: by } })));
  const freeze = (now: string) => after(asked(client.PUT("/sessions/{session}/clock", { params: { path }, body: { now } })));
  const thaw = () => after(asked(client.DELETE("/sessions/{session}/clock", { params: { path } })));
  return (
    <section class="page" aria-labelledby="clock-title">
      <h1 id="clock-title">Clock</h1>
      <p class="lead">The time in <b>{session.value}</b> stands still until it is moved; each write is stamped a moment after the one before. Tokens expire by it.</p>
      {clock.error && <p class="banner wrong" role="alert">{clock.error}</p>}
      {clock.value && (
        <>
          <p class="time"><time dateTime={clock.value.now}>{shown(clock.value.now)}</time> <span class="quiet">UTC</span> {clock.value.frozen && <span class="tag warn">frozen</span>}</p>
          <h2>Move it on</h2>
          <div class="line">
            {STEPS.map(([name, by]) => <Do key={name} work={() => advance(by)}>+ {name}</Do>)}
            <label class="field"><span>Seconds</span><input inputMode="decimal" size={9} value={seconds} onInput={(event) => setSeconds(event.currentTarget.value)} /></label>
            <Do class="main" disabled={!(Number(seconds) > 0)} work={() => advance(Number(seconds))}>Move on</Do>
          </div>
          <h2>Freeze it</h2>
          <p class="quiet">Every write is then stamped with exactly this time.</p>
          <div class="line">
            <label class="field"><span>Time (UTC)</span><input type="datetime-local" step="1" value={time || clock.value.now.slice(0, 19)} onInput={(event) => setTime(event.currentTarget.value)} /></label>
            <Do class="main" work={() => freeze(`${time || clock.value!.now.slice(0, 19)}Z`.replace(/T(\d\d:\d\d)Z/, "T$1:00Z"))}>Set and freeze</Do>
            <Do work={() => freeze(new Date().toISOString())}>The real time</Do>
            <Do disabled={!clock.value.frozen} work={thaw}>Thaw</Do>
          </div>
        </>
      )}
    </section>
  );
}

function shown(time: string): string {
  return time.slice(0, 19).replace("T", " ");
}
