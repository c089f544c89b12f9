import { FRAMEWORKS, openGuardedEngine, requestSuite } from './request-suite.js';

for (const [name, framework] of Object.entries(FRAMEWORKS)) {
  requestSuite(`requests to ${name}`, {
    framework,
    async open() {
      const engine = await openGuardedEngine();
      return { engine, verifier: engine.latchkey, close: () => engine.latchkey.close() };
    },
  });
}
