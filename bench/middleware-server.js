/** The servers that middleware.js compares: an app of the framework named first, whose route is `guarded` or `bare`. */
import { APPS } from './middleware-apps.js';
import { openKeys } from './middleware-keys.js';
import { reportReady } from './servers.js';

const [, , framework, kind] = process.argv;
const { latchkey, token } = await openKeys();
const app = APPS[framework](kind === 'guarded' ? latchkey : null);
reportReady({ port: await app.listen(), token });
