// A list of any length, of which only the rows that are seen are in the page.
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const BEYOND = 8; // rows above and below what is seen
const STEP = 6; // rows that are scrolled by before others are drawn, fewer than there are beyond

interface Rows<T> {
  label: string;
  items: readonly T[];
  /** Pixels of each row, which all have the same. */
  height: number;
  selected: number;
  onSelect: (index: number) => void;
  row: (item: T, index: number) => ComponentChildren;
  keyOf: (item: T) => string | number;
  empty: ComponentChildren;
}

export function VirtualList<T>({ label, items, height, selected, onSelect, row, keyOf, empty }: Rows<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [seen, setSeen] = useState(800);
  const wanted = useRef(-1);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setSeen(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  // Who reads further down goes on reading there when rows come above.
  const before = useRef<string | number | undefined>(undefined);
  useLayoutEffect(() => {
    const element = box.current;
    const came = before.current === undefined ? 0 : items.findIndex((item) => keyOf(item) === before.current);
    before.current = items[0] === undefined ? undefined : keyOf(items[0]);
    if (element && came > 0 && element.scrollTop > 0) element.scrollTop += came * height;
  }, [items]);

  // What was chosen by key stays in sight.
  useEffect(() => {
    const element = box.current;
    if (!element || selected < 0 || wanted.current !== selected) return;
    wanted.current = -1;
    const at = selected * height;
    if (at < element.scrollTop) element.scrollTop = at;
    else if (at + height > element.scrollTop + element.clientHeight) element.scrollTop = at + height - element.clientHeight;
  }, [selected]);

  function onKeyDown(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(seen / height) - 1);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -items.length, End: items.length };
    const step = steps[event.key];
    if (step === undefined || !items.length) return;
    event.preventDefault();
    const to = Math.min(items.length - 1, Math.max(0, (selected < 0 ? (step > 0 ? -1 : 0) : selected) + step));
    wanted.current = to;
    onSelect(to);
  }

  const first = Math.max(0, Math.floor(top / height) - BEYOND);
  const last = Math.min(items.length, Math.ceil((top + seen) / height) + STEP + BEYOND);
  const shown = items.slice(first, last);
  const idOf = (index: number) => `${label.replaceAll(" ", "-")}-${index}`;
  if (!items.length) return <div class="list empty" ref={box}>{empty}</div>;
  return (
    <div
      class="list"
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={selected >= first && selected < last ? idOf(selected) : undefined}
      onScroll={(event) => setTop(event.currentTarget.scrollTop - (event.currentTarget.scrollTop % (STEP * height)))}
      onKeyDown={onKeyDown}
    >
      <div class="spacer" role="presentation" style={{ height: `${items.length * height}px` }}>
        <div class="window" role="presentation" style={{ transform: `translateY(${first * height}px)` }}>
          {shown.map((item, offset) => (
            <div
              key={keyOf(item)}
              id={idOf(first + offset)}
              role="option"
              class="row"
              aria-selected={first + offset === selected}
              aria-setsize={items.length}
              aria-posinset={first + offset + 1}
              onClick={() => onSelect(first + offset)}
            >
              {row(item, first + offset)}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
