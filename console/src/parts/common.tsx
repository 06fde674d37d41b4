// Small parts that every view uses.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { sentence } from "../api";
import { notices, tell } from "../state";

/** A dialog over the page: Escape closes it, and the focus goes back to where it was. */
export function Dialog({ title, onClose, children, wide }: { title: string; onClose: () => void; children: ComponentChildren; wide?: boolean }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = box.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={box} class={wide ? "wide" : ""} aria-label={title} onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <header>
        <h2>{title}</h2>
        <button class="plain icon" aria-label="Close" onClick={onClose}>✕</button>
      </header>
      <div class="inside">{children}</div>
    </dialog>
  );
}

export function Notices() {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.value.map((notice) => <p key={notice.id} class={notice.kind}>{notice.text}</p>)}
    </div>
  );
}

/** A button whose work takes a moment: it waits for it, and says what went wrong. */
export function Do({ work, children, ...rest }: { work: () => Promise<unknown>; children: ComponentChildren; class?: string; title?: string; disabled?: boolean }) {
  const [busy, setBusy] = useState(false);
  async function run(): Promise<void> {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      tell(sentence(error), "wrong");
    }
    setBusy(false);
  }
  return <button {...rest} type="button" disabled={busy || rest.disabled} onClick={() => void run()}>{children}</button>;
}

export function Status({ value }: { value: number | string }) {
  const text = Number(value) ? String(value) : "cut";
  return <span class={`status s${text[0]}`}>{text}</span>;
}

export function Method({ value }: { value: string }) {
  return <span class={`method m-${value.toLowerCase()}`}>{value}</span>;
}

/** What was loaded, or that it is on its way, or why it did not come. */
export function useLoaded<T>(load: () => Promise<T>, on: readonly unknown[]): { value?: T; error?: string; again: () => Promise<void> } {
  const [state, setState] = useState<{ value?: T; error?: string }>({});
  const turn = useRef(0);
  async function again(): Promise<void> {
    const mine = ++turn.current;
    try {
      const value = await load();
      if (mine === turn.current) setState({ value });
    } catch (error) {
      if (mine === turn.current) setState({ error: sentence(error) });
    }
  }
  useEffect(() => void again(), on);
  return { ...state, again };
}

export async function copy(text: string, what: string): Promise<void> {
  await navigator.clipboard.writeText(text);
  tell(`${what} is in the clipboard.`);
}

/** Let the browser save a text as a file. */
export function save(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
