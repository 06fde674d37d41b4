// A table of rules that a session follows, each with what it strikes and how often it did.
import type { ComponentChildren } from "preact";
import { Do } from "./common";

export interface RuleRow {
  id: string;
  /** Where it is from, if not from this session. */
  source?: string;
  cells: readonly ComponentChildren[];
  count: string | number;
  left: string | number;
}

interface Rules {
  title: string;
  label: string;
  /** The heads of the columns: what a rule is called, those of `cells`, and how often. */
  heads: readonly string[];
  /** What is said where there are none. */
  empty: string;
  rows: readonly RuleRow[] | undefined;
  make: { text: string; work: () => void };
  remove: (id: string) => Promise<unknown>;
  isApart?: boolean;
}

export function RuleList({ title, label, heads, empty, rows, make, remove, isApart }: Rules) {
  const [first, ...others] = heads;
  const count = others.pop();
  return (
    <>
      <div class={isApart ? "titled apart" : "titled"}><h2>{title}</h2><button class="main" type="button" onClick={make.work}>{make.text}</button></div>
      {rows && !rows.length && <p class="quiet">{empty}</p>}
      {(rows?.length ?? 0) > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={label}>
          <table class="rows">
            <thead><tr><th>{first}</th>{others.map((head) => <th key={head}>{head}</th>)}<th class="number">{count}</th><th class="number">Left</th><th><span class="hidden">Actions</span></th></tr></thead>
            <tbody>
              {rows?.map((row) => (
                <tr key={row.id}>
                  <th scope="row">{row.id}{row.source && <span class="quiet"> {row.source}</span>}</th>
                  {row.cells.map((cell, index) => <td key={others[index]}>{cell}</td>)}
                  <td class="number">{row.count}</td>
                  <td class="number">{row.left}</td>
                  <td class="buttons"><Do work={() => remove(row.id)}>Remove</Do></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
