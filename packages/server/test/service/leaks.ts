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
  const forms = new Map<string, string>();
  const parts = new Map<string, string>();

  function watch(name: string, secret: string): void {
    for (const [form, text] of formsOf(secret)) if (!forms.has(text)) forms.set(text, `${name} (${form})`);
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
      const found = new Set<string>();
      for (const [form, what] of forms) if (text.includes(form)) found.add(what);
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
