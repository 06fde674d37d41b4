// Webhooks: which there are, where they go, and what was sent.
import { useEffect, useState } from "preact/hooks";
import { asked, client, sentence, type Schemas } from "../api";
import { Dialog, Do, Method, plural, Status, useLoaded } from "../parts/common";
import { address, session, tell } from "../state";
import { entries } from "../stream";

type Target = Schemas["Target"];

export function Webhooks() {
  const path = { session: session.value };
  const known = useLoaded(() => asked(client.GET("/sessions/{session}/webhooks", { params: { path } })), [session.value]);
  const sent = entries.value.filter((entry) => entry.kind === "callback").slice(-200).reverse();
  const due = useLoaded(() => asked(client.GET("/sessions/{session}/deliveries", { params: { path, query: {} } })), [session.value, sent.length]);
  const [sending, setSending] = useState<Schemas["Webhook"]>();
  useEffect(() => {
    const timer = setInterval(() => void due.again(), 2000);
    return () => clearInterval(timer);
  }, [session.value]);
  async function replace(targets: Target[]): Promise<void> {
    await asked(client.PUT("/sessions/{session}/webhooks", { params: { path }, body: { targets } }));
    await known.again();
  }
  const targets = known.value?.targets ?? [];
  return (
    <section class="page" aria-labelledby="webhooks-title">
      <h1 id="webhooks-title">Webhooks</h1>
      <p class="lead">What the sandboxes send by themselves: webhooks to the targets below, callbacks to the URL that their request gave.</p>
      {known.error && <p class="banner wrong" role="alert">{known.error}</p>}
      <h2>Targets</h2>
      <NewTarget add={(target) => replace([...targets, target])} />
      {targets.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Targets">
          <table class="rows">
            <thead><tr><th>URL</th><th>Takes</th><th class="number">Delay</th><th class="number">Attempts</th><th><span class="hidden">Actions</span></th></tr></thead>
            <tbody>
              {targets.map((target, index) => (
                <tr key={index}>
                  <th scope="row"><code>{target.url}</code></th>
                  <td>{target.webhooks?.join(", ") ?? "all"}</td>
                  <td class="number">{target.delaySeconds ?? 0} s</td>
                  <td class="number">{target.attempts ?? 3}</td>
                  <td class="buttons"><Do work={() => replace(targets.filter((_, other) => other !== index))}>Remove</Do></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h2 class="apart">Declared</h2>
      {known.value && !known.value.webhooks.length && <p class="quiet">The contracts declare no webhooks.</p>}
      {(known.value?.webhooks.length ?? 0) > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Declared webhooks">
          <table class="rows">
            <thead><tr><th>Webhook</th><th>API</th><th>Follows</th><th>Why</th><th><span class="hidden">Actions</span></th></tr></thead>
            <tbody>
              {known.value?.webhooks.map((webhook) => (
                <tr key={`${webhook.api} ${webhook.name}`}>
                  <th scope="row">{webhook.name}</th>
                  <td>{webhook.api}</td>
                  <td>{webhook.on.join(", ") || "nothing: it is sent from here"}</td>
                  <td class="quiet">{webhook.why}</td>
                  <td class="buttons"><button type="button" onClick={() => setSending(webhook)}>Send</button></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h2 class="apart">Sent {due.value && due.value.pending > 0 && <span class="tag warn">{plural(due.value.pending, "delivery", "deliveries")} due</span>}</h2>
      {!sent.length && <p class="quiet">Nothing was sent in this session.</p>}
      <ul class="choices">
        {sent.map((entry) => (
          <li key={entry.number}>
            <a href={address("requests", { entry: String(entry.number) })}>
              <span><span class="at quiet">{entry.at.slice(11, 19)}</span> <Method value={entry.method} /> <span class="path">{entry.path}</span> <span class="quiet">{entry.operationId}</span></span> <Status value={entry.status} />
            </a>
          </li>
        ))}
      </ul>
      {sending && <Sending webhook={sending} hasTargets={targets.length > 0} onClose={() => setSending(undefined)} />}
    </section>
  );
}

function NewTarget({ add }: { add: (target: Target) => Promise<void> }) {
  const [url, setUrl] = useState("");
  const [wrong, setWrong] = useState("");
  async function run(): Promise<void> {
    try {
      await add({ url, delaySeconds: 0, attempts: 3 });
      setUrl("");
      setWrong("");
    } catch (error) {
      setWrong(sentence(error));
    }
  }
  return (
    <>
      <form class="line" onSubmit={(event) => { event.preventDefault(); void run(); }}>
        <input aria-label="URL of a new target" placeholder="http://127.0.0.1:9000/hooks" size={36} value={url} aria-invalid={wrong !== ""} onInput={(event) => setUrl(event.currentTarget.value)} />
        <button class="main" type="submit" disabled={!url}>Add a target</button>
      </form>
      {wrong && <p class="wrong-text" role="alert">{wrong}</p>}
    </>
  );
}

function Sending({ webhook, hasTargets, onClose }: { webhook: Schemas["Webhook"]; hasTargets: boolean; onClose: () => void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState("");
  async function run(): Promise<void> {
    const path = { session: session.value, api: webhook.api, webhook: webhook.name };
    try {
      const body = text.trim() ? { body: JSON.parse(text) as Record<string, never> } : {};
      const { deliveries } = await asked(client.POST("/sessions/{session}/apis/{api}/webhooks/{webhook}/send", { params: { path }, body }));
      tell(`${webhook.name} goes to ${plural(deliveries, "target")}.`);
      onClose();
    } catch (error) {
      setWrong(sentence(error));
    }
  }
  return (
    <Dialog title={`Send ${webhook.name}`} onClose={onClose}>
      {!hasTargets && <p class="banner wrong">There is no target yet, so it goes nowhere.</p>}
      <label class="field"><span>Members of its body, in JSON; the rest is made up</span><textarea rows={6} spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} /></label>
      {wrong && <p class="banner wrong" role="alert">{wrong}</p>}
      <p class="actions"><Do class="main" work={run}>Send it now</Do></p>
    </Dialog>
  );
}
