/** Questions to a service over connections that stay open. */
import http from 'node:http';

export const ADMIN_KEY = 'bench-admin-key-0123456789-abcdefghij';

/** Asks whatever listens on the port, as an operator or, with a token, as a caller. */
export function createAsking(port) {
  const agent = new http.Agent({ keepAlive: true });
  return {
    agent,
    /**
     * Resolves when the whole answer has come.
     * @param {import('./operations.js').Request} request
     * @param {AbortSignal} [signal]
     * @returns {Promise<{ readonly status: number, readonly ms: number }>}
     */
    ask({ method = 'GET', path, body, token }, signal) {
      const text = body === undefined ? '' : JSON.stringify(body);
      const credential = token === undefined ? { 'x-admin-key': ADMIN_KEY } : { authorization: `Bearer ${token}` };
      const content = text === '' ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      const startedAt = performance.now();
      return new Promise((resolve, reject) => {
        const request = http.request({ port, host: '127.0.0.1', agent, method, path, signal, headers: { ...credential, ...content } });
        request.on('error', reject);
        request.on('response', (response) => {
          response.on('error', reject);
          response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - startedAt }));
          response.resume();
        });
        request.end(text);
      });
    },
  };
}
