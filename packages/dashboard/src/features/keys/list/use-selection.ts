import type { KeyView } from 'latchkey/client';
import { useState } from 'react';

export interface SelectedKeys {
  readonly keys: readonly KeyView[];
  readonly count: number;
  readonly has: (key: KeyView) => boolean;
  readonly set: (keys: readonly KeyView[], selected: boolean) => void;
  readonly drop: (ids: readonly string[]) => void;
  readonly clear: () => void;
}

/** What is selected stays so from page to page, and whatever is filtered. */
export function useSelection(): SelectedKeys {
  const [selected, setSelected] = useState<ReadonlyMap<string, KeyView>>(new Map());
  const drop = (ids: readonly string[]): void => setSelected((before) => new Map([...before].filter(([id]) => !ids.includes(id))));
  return {
    keys: [...selected.values()],
    count: selected.size,
    has: (key) => selected.has(key.id),
    set: (keys, select) =>
      select ? setSelected((before) => new Map([...before, ...keys.map((key) => [key.id, key] as const)])) : drop(keys.map(({ id }) => id)),
    drop,
    clear: () => setSelected(new Map()),
  };
}
