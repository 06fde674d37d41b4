// What the page shows, as HTML.
import type { Account } from "./accounts.js";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function text(value: string): string {
  return value.replace(/[&<>"]/g, (char) => escapes[char] ?? char);
}

export function table(accounts: Account[]): string {
  if (accounts.length === 0) return "<p>No accounts yet.</p>";
  const rows = accounts.map((account) => `<tr><td>${text(account.id)}</td><td>${text(account.name)}</td><td>${text(account.invoiceCurrency ?? "")}</td></tr>`);
  return `<table><tr><th>Id</th><th>Name</th><th>Currency</th></tr>${rows.join("")}</table>`;
}

export function problem(error: unknown): string {
  return `<p role="alert">${text(error instanceof Error ? error.message : String(error))}</p>`;
}
