import { createRoot } from 'react-dom/client';

/** Operators and owners get a program each; neither loads the other's. */
async function start(): Promise<void> {
  const element = document.querySelector('#root');
  if (element === null) return;
  const isPortal = /^\/portal(?:\/|$)/.test(location.pathname);
  const Program = isPortal ? (await import('./app/portal-app.js')).PortalApp : (await import('./app/operator-app.js')).OperatorApp;
  createRoot(element).render(<Program />);
}

void start();
