import { createRoot } from 'react-dom/client';

/** Operators and owners get a program each; neither loads the other's. */
async function start(): Promise<void> {
  const element = document.querySelector('#root');
  if (element === null) return;
  const isPortal = /^\/portal(?:\/|$)/.test(location.pathname);
  const { App } = isPortal ? await import('./app/portal-app.js') : await import('./app/operator-app.js');
  createRoot(element).render(<App />);
}

void start();
