// The collections of an API as a picture: a box each, and an arrow for each member that leads to another.
import { useMemo } from "preact/hooks";
import type { Collection } from "../contract";
import { address } from "../state";

const MOST = 60; // boxes; beyond, only those that lead somewhere or are led to
const NAMED = 12; // arrows with their names beside them; more would lie on each other
const HIGH = 34;
const GAP = { x: 130, y: 16 };
const LETTER = 7.4;

interface Box {
  name: string;
  x: number;
  y: number;
  width: number;
}

interface Arrow {
  from: string;
  to: string;
  by: string;
}

export function Relations({ api, collections }: { api: string; collections: Record<string, Collection> }) {
  const { boxes, arrows, width, height } = useMemo(() => laid(collections), [collections]);
  const at = new Map(boxes.map((box) => [box.name, box]));
  const left = Object.keys(collections).length - boxes.length;
  return (
    <>
      <div class="scroll picture" tabIndex={0} role="region" aria-label="Picture of the collections">
        <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="group" aria-label="Collections and where they lead">
          <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" /></marker></defs>
          {arrows.map((arrow) => <Line key={`${arrow.from} ${arrow.by} ${arrow.to}`} arrow={arrow} from={at.get(arrow.from)!} to={at.get(arrow.to)!} isNamed={arrows.length <= NAMED} />)}
          {boxes.map((box) => (
            <a key={box.name} href={address("records", { api, collection: box.name })} aria-label={`Records of ${box.name}`}>
              <rect x={box.x} y={box.y} width={box.width} height={HIGH} rx="6" />
              <text x={box.x + 12} y={box.y + 22}>{box.name}</text>
            </a>
          ))}
        </svg>
      </div>
      {left > 0 && <p class="quiet">{left} more lead nowhere.</p>}
      {arrows.length > 0 && (
        <details>
          <summary>As a list</summary>
          <ul>{arrows.map((arrow) => <li key={`${arrow.from} ${arrow.by} ${arrow.to}`}><code>{arrow.from}</code> {arrow.by === "below" ? "lies below" : <>by <code>{arrow.by}</code> to</>} <code>{arrow.to}</code></li>)}</ul>
        </details>
      )}
    </>
  );
}

function Line({ arrow, from, to, isNamed }: { arrow: Arrow; from: Box; to: Box; isNamed: boolean }) {
  const isSelf = from === to;
  const isBack = from.x >= to.x;
  const begin = { x: isBack && !isSelf ? from.x : from.x + from.width, y: from.y + HIGH / 2 };
  const end = { x: isBack && !isSelf ? to.x + to.width : isSelf ? from.x + from.width : to.x, y: to.y + HIGH / 2 + (isSelf ? 10 : 0) };
  const bend = isSelf ? 40 : Math.max(30, Math.abs(end.x - begin.x) / 2) * (isBack ? -1 : 1);
  const path = `M${begin.x} ${begin.y} C${begin.x + bend} ${begin.y - (isSelf ? 20 : 0)} ${end.x - (isSelf ? -bend : bend)} ${end.y} ${end.x} ${end.y}`;
  return (
    <>
      <path class={arrow.by === "below" ? "arrow below" : "arrow"} d={path} marker-end="url(#tip)"><title>{`${arrow.from} ${arrow.by} ${arrow.to}`}</title></path>
      {isNamed && !isSelf && <text class="by" x={(begin.x + end.x) / 2} y={(begin.y + end.y) / 2 - 5} text-anchor="middle">{arrow.by}</text>}
    </>
  );
}

/** Put boxes into columns: what leads nowhere at the right, each other one left of all it leads to, as far as there is no circle. */
function laid(collections: Record<string, Collection>): { boxes: Box[]; arrows: Arrow[]; width: number; height: number } {
  const arrows = arrowsOf(collections);
  const linked = new Set(arrows.flatMap((arrow) => [arrow.from, arrow.to]));
  const all = Object.keys(collections);
  const names = all.length > MOST && linked.size ? all.filter((name) => linked.has(name)) : all.slice(0, 4 * MOST);
  const depths = new Map<string, number>();
  const depth = (name: string, above: readonly string[]): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const next = arrows.filter((arrow) => arrow.from === name && !above.includes(arrow.to) && arrow.to !== name);
    const found = Math.max(0, ...next.map((arrow) => 1 + depth(arrow.to, [...above, name])));
    depths.set(name, found);
    return found;
  };
  const deepest = Math.max(0, ...names.map((name) => depth(name, [])));
  const columns = Array.from({ length: deepest + 1 }, (): string[] => []);
  for (const name of names) columns[deepest - (depths.get(name) ?? 0)]!.push(name);
  return { arrows: arrows.filter((arrow) => names.includes(arrow.from) && names.includes(arrow.to)), ...placed(columns) };
}

function placed(columns: string[][]): { boxes: Box[]; width: number; height: number } {
  const boxes: Box[] = [];
  const rows = Math.max(...columns.map((column) => column.length));
  const height = rows * (HIGH + GAP.y) + GAP.y;
  let x = 10;
  for (const column of columns) {
    const width = Math.max(...column.map((name) => name.length * LETTER + 24), 60);
    const top = (height - column.length * (HIGH + GAP.y) + GAP.y) / 2;
    column.forEach((name, index) => boxes.push({ name, x, y: top + index * (HIGH + GAP.y), width }));
    x += width + GAP.x;
  }
  return { boxes, width: x - GAP.x + 60, height };
}

function arrowsOf(collections: Record<string, Collection>): Arrow[] {
  const found: Arrow[] = [];
  for (const [from, collection] of Object.entries(collections)) {
    if (collection.below && collections[collection.below]) found.push({ from, to: collection.below, by: "below" });
    for (const [by, member] of Object.entries(collection.members ?? {})) {
      if (member.refers_to && collections[member.refers_to]) found.push({ from, to: member.refers_to, by });
    }
  }
  return found;
}
