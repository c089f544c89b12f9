/** The owners' program: one page, opened by a link or by a JWT of the host application. */
import { QueryClientProvider } from '@tanstack/react-query';
import { PortalPage } from '../features/portal/index.js';
import { Notices } from '../ui/feedback/notices.js';
import { ThemeProvider } from '../ui/theme/theme-provider.js';
import { watchPresence } from '../api/session/presence.js';
import { createQueryClient } from '../api/calls/query-client.js';

const queryClient = createQueryClient();
watchPresence();

export function PortalApp() {
  return (
    <ThemeProvider>
      <QueryClientProvider client={queryClient}>
        <PortalPage />
        <Notices />
      </QueryClientProvider>
    </ThemeProvider>
  );
}
