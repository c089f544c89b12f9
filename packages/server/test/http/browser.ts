/** What a browser does with cookies, as far as it matters here: keeps them by host, and sends them back with everything. */
import type { Answer, CallInput, Service } from './service.js';

export interface Browser {
  /** From a page of the service itself, unless `headers` say another site. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Cookies by name. */
  readonly cookies: Map<string, string>;
  /** The last `Set-Cookie` fields. */
  readonly set: readonly string[];
}

export function openBrowser(service: Service, options: Pick<CallInput, 'origin' | 'env'> = {}): Browser {
  const cookies = new Map<string, string>();
  let set: readonly string[] = [];
  return {
    cookies,
    get set() {
      return set;
    },
    async ask(method, path, body, headers = {}) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const sent = { 'sec-fetch-site': 'same-origin', ...(cookie !== '' && { cookie }), ...headers };
      const answer = await service.call(method, path, { ...options, body, headers: sent });
      set = answer.headers.getSetCookie();
      for (const field of set) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(field) ?? [];
        if (field.includes('Max-Age=0')) cookies.delete(name);
        else cookies.set(name, value);
      }
      return answer;
    },
  };
}
