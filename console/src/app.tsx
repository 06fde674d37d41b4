// The frame: where one can go, whose session it is, and what keeps the page from working.
import { effect } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { base, token, tokenWanted, unreachable, useToken } from "./api";
import { Dialog, Notices } from "./parts/common";
import { address, apis, go, loadSessions, route, session, sessions, type View } from "./state";
import { follow, live } from "./stream";
import { Clock } from "./views/clock";
import { Faults } from "./views/faults";
import { Operations } from "./views/operations";
import { Records } from "./views/records";
import { Requests } from "./views/requests";
import { Sessions } from "./views/sessions";
import { Webhooks } from "./views/webhooks";

const NAMES: Partial<Record<View, string>> = {
  requests: "Requests",
  records: "Records",
  operations: "Operations",
  faults: "Faults, answers",
  sessions: "Sessions",
  clock: "Clock",
  webhooks: "Webhooks",
};

const SHOWN: Partial<Record<View, () => ComponentChildren>> = {
  requests: () => <Requests />,
  records: () => <Records />,
  operations: () => <Operations />,
  faults: () => <Faults />,
  sessions: () => <Sessions />,
  clock: () => <Clock />,
  webhooks: () => <Webhooks />,
};

effect(() => {
  token.value; // whoever types one is let in
  follow(session.value);
});

// On a narrow page the views are a row that scrolls: the one that is shown is in sight.
effect(() => {
  const { view } = route.value;
  requestAnimationFrame(() => document.querySelector(`.views a[href*="/${view}"]`)?.scrollIntoView({ block: "nearest", inline: "center" }));
});

effect(() => {
  document.title = `${NAMES[route.value.view]} · ${session.value} · understudy`;
});

export function App() {
  const view = route.value.view;
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>Skip to the content</a>
      <header class="top">
        <a class="brand" href={`${base.replace(/\/__admin$/, "")}/`} title="All that is served here">
          <img src="ui/icon.svg" alt="" width="20" height="20" /> understudy
        </a>
        <SessionChoice />
        <Live />
      </header>
      <nav class="views" aria-label="Views">
        {Object.entries(NAMES).map(([name, title]) => (
          <a key={name} href={address(name as View)} aria-current={name === view ? "page" : undefined} onFocus={bringIntoSight}>{title}</a>
        ))}
        <a class="aside" href={`${base}/docs`} onFocus={bringIntoSight}>Admin API</a>
      </nav>
      <main id="main" tabIndex={-1} class={`view-${view}`}>
        {unreachable.value && <p class="banner wrong" role="alert">{unreachable.value}</p>}
        {apis.value.length > 0 && (SHOWN[view] ?? SHOWN.requests!)()}
      </main>
      <Notices />
      {tokenWanted.value && <TokenDialog />}
    </>
  );
}

/** Show all of a tab that has the focus: browsers leave one that is half in sight where it is. */
function bringIntoSight(event: FocusEvent): void {
  (event.currentTarget as HTMLElement).scrollIntoView({ block: "nearest", inline: "nearest" });
}

function SessionChoice() {
  const names = sessions.value.map((one) => one.name);
  const shown = names.includes(session.value) ? names : [session.value, ...names];
  return (
    <label class="choice">
      <span>Session</span>
      <select
        value={session.value}
        onFocus={() => void loadSessions().catch(() => undefined)}
        onChange={(event) => go(route.value.view, { session: event.currentTarget.value })}
      >
        {shown.map((name) => <option key={name} value={name}>{name}</option>)}
      </select>
    </label>
  );
}

function Live() {
  const words = { connecting: "connecting", live: "live", off: "not connected" };
  return <span class={`live ${live.value}`} role="status">{words[live.value]}</span>;
}

function TokenDialog() {
  const [typed, setTyped] = useState("");
  return (
    <Dialog title="Admin token" onClose={() => (tokenWanted.value = "")}>
      <form onSubmit={(event) => { event.preventDefault(); useToken(typed.trim()); }}>
        <p>{tokenWanted.value} It is what the server was started with, <code>--admin-token</code>, and is kept while this tab is open.</p>
        <label class="field"><span>Token</span><input type="password" autocomplete="off" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} /></label>
        <p class="actions"><button class="main" type="submit" disabled={!typed.trim()}>Use it</button></p>
      </form>
    </Dialog>
  );
}
