import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { describeError } from '../../../api/errors/describe-error.js';
import { late } from '../../../api/errors/late.js';
import { Dialog } from '../../../ui/dialogs/dialog.js';
import { QueryView } from '../../../ui/feedback/query-view.js';

interface LateDialogProps<Module> {
  /** The title until the dialog has loaded. It names the dialog, so no two have the same. */
  readonly title: string;
  readonly load: () => Promise<Module>;
  readonly onClose: () => void;
  readonly children: (module: Module) => ReactNode;
}

/** A dialog that loads when it is first opened: it is no part of the first load of its page. */
export function LateDialog<Module>({ title, load, onClose, children }: LateDialogProps<Module>) {
  const query = useQuery({ queryKey: ['dialog', title], queryFn: late(load), staleTime: 'static', gcTime: Infinity, retry: false });
  if (query.data !== undefined) return children(query.data);
  return (
    <Dialog title={title} opened onClose={onClose}>
      <QueryView query={query} describe={describeError}>
        {() => null}
      </QueryView>
    </Dialog>
  );
}
