/** The operators' program: the parts around every page, and the router that chooses the page. */
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Notices } from '../ui/feedback/notices.js';
import { ThemeProvider } from '../ui/theme/theme-provider.js';
import { watchPresence } from '../api/session/presence.js';
import { createQueryClient } from '../api/calls/query-client.js';
import { createOperatorRouter } from './router.js';

const queryClient = createQueryClient();
const router = createOperatorRouter(queryClient);
watchPresence();

export function OperatorApp() {
  return (
    <ThemeProvider>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Notices />
      </QueryClientProvider>
    </ThemeProvider>
  );
}
