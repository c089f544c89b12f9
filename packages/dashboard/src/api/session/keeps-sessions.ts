/**
 * Whether the browser keeps a session of this page. Its cookie is for encrypted pages, but on the machine itself (ADR 24): elsewhere
 * a browser takes the right key and throws the session away.
 */
export function keepsSessions(): boolean {
  return location.protocol === 'https:' || LOOPBACK.test(location.hostname);
}

const LOOPBACK = /^(?:localhost|[a-z0-9-]+\.localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/i;
