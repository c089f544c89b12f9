import { Failure } from './states.js';

/** In place of a way in that would lead nowhere. */
export function Unencrypted() {
  return (
    <Failure title="This page is not encrypted">
      A browser keeps no session for it, so nobody can sign in here. Whoever runs this service puts it behind a proxy that speaks HTTPS, and
      names that in LATCHKEY_TRUSTED_PROXIES. On the machine itself, open http://localhost{location.port && `:${location.port}`}.
    </Failure>
  );
}
