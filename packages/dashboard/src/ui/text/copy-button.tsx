import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { CheckIcon, CopyIcon } from '../theme/icons.js';

interface CopyButtonProps {
  readonly text: string;
  /** What is copied: "Copy id". */
  readonly label: string;
  readonly compact?: boolean;
}

/** Says that it copied, or that the browser did not let it. */
export function CopyButton({ text, label, compact = false }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  const copy = async (): Promise<void> => {
    setOutcome(await writeClipboard(text));
    window.setTimeout(() => setOutcome(null), 2_000);
  };
  const said = outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'The browser did not allow it: select and copy' : label;
  const icon = outcome === 'copied' ? <CheckIcon size={15} /> : <CopyIcon size={15} />;
  if (!compact) {
    return (
      <Button variant="default" leftSection={icon} onClick={() => void copy()} aria-live="polite">
        {said}
      </Button>
    );
  }
  return (
    <Tooltip label={said}>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={said} onClick={() => void copy()}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

async function writeClipboard(text: string): Promise<'copied' | 'refused'> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    return 'refused';
  }
}
