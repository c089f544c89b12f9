/** Finds secrets in what must not hold any: in clear text, in the encodings that programs use, and parts of tokens. */

/** Hints show four characters of a token; of what nobody may see, so many in a row are a leak. */
const PART = 12;
/** What of a token is random, with its checksum: its end. */
const TAIL = 49;

export interface Leak {
  readonly place: string;
  /** Which secret, by its name, and in which form. Never the secret itself. */
  readonly what: string;
}

export interface LeakFinder {
  /** A secret of any kind. */
  watch(name: string, secret: string): void;
  /** A token: not even a part of it may be seen. */
  watchToken(name: string, token: string): void;
  find(place: string, content: string | Uint8Array): readonly Leak[];
}

export function createLeakFinder(): LeakFinder {
  const forms = createTexts();
  const parts = new Map<string, string>();

  function watch(name: string, secret: string): void {
    for (const [form, text] of formsOf(secret)) forms.add(text, `${name} (${form})`);
  }

  return {
    watch,
    watchToken(name, token) {
      watch(name, token);
      const tail = token.slice(-TAIL);
      for (let start = 0; start + PART <= tail.length; start++) parts.set(tail.slice(start, start + PART), `${name} (a part of it)`);
    },
    find(place, content) {
      const text = typeof content === 'string' ? content : Buffer.from(content).toString('latin1');
      const found = new Set(forms.within(text));
      for (const [run] of text.matchAll(/[0-9A-Za-z]{12,}/g)) {
        for (let start = 0; start + PART <= run.length; start++) {
          const what = parts.get(run.slice(start, start + PART));
          if (what !== undefined) found.add(what);
        }
      }
      return [...found].map((what) => ({ place, what }));
    },
  };
}

/** Characters by which a text is looked up. */
const HEAD = 4;
const FILTER_SIZE = 2 ** 20;

/** Texts, thousands of them, that are looked for in one pass: by their first characters, most places of a long text are passed over. */
function createTexts(): { add(text: string, what: string): void; within(long: string): readonly string[] } {
  const byHead = new Map<string, { readonly text: string; readonly what: string }[]>();
  const known = new Set<string>();
  const filter = new Uint8Array(FILTER_SIZE);
  const hashAt = (text: string, at: number): number => {
    let hash = 0;
    for (let i = at; i < at + HEAD; i++) hash = Math.imul(hash, 33) + text.charCodeAt(i);
    return (hash ^ (hash >>> 12)) & (FILTER_SIZE - 1);
  };
  return {
    add(text, what) {
      if (text.length < HEAD) throw new Error('A secret of so few characters would be found everywhere.');
      if (known.has(text)) return;
      known.add(text);
      const head = text.slice(0, HEAD);
      byHead.set(head, [...(byHead.get(head) ?? []), { text, what }]);
      filter[hashAt(text, 0)] = 1;
    },
    within(long) {
      const found: string[] = [];
      for (let at = 0; at + HEAD <= long.length; at++) {
        if (filter[hashAt(long, at)] === 0) continue;
        for (const { text, what } of byHead.get(long.slice(at, at + HEAD)) ?? []) if (long.startsWith(text, at)) found.push(what);
      }
      return found;
    },
  };
}

function formsOf(secret: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(secret);
  return [
    ['clear text', secret],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in a URL', encodeURIComponent(secret)],
    ['hex', bytes.toString('hex')],
    ['hex', bytes.toString('hex').toUpperCase()],
    ['UTF-16', Buffer.from(secret, 'utf16le').toString('latin1')],
    ...[0, 1, 2].flatMap((shift) => [
      ['base64', base64Within(bytes, shift, 'base64')] as const,
      ['base64url', base64Within(bytes, shift, 'base64url')] as const,
    ]),
  ];
}

/** The characters of base64 that follow from these bytes alone, where they begin `shift` bytes into a group of three. */
function base64Within(bytes: Buffer, shift: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString(encoding)
    .replaceAll('=', '');
  const end = (shift + bytes.length) % 3 === 0 ? text.length : -1;
  return text.slice([0, 2, 3][shift], end);
}
