import { CloseButton, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { textProps, type Field } from '../../contract/field.js';
import { SearchIcon } from '../theme/icons.js';

interface SearchFieldProps {
  readonly field: Field;
  readonly value: string;
  /** Told when typing has paused, of the text without blanks around it. */
  readonly onSearch: (text: string) => void;
}

const PAUSE_MS = 250;

/** What is typed is searched for after a pause; `/` goes to it from anywhere on the page. */
export function SearchField({ field, value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const [sought, setSought] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  if (value !== seen) {
    setSeen(value);
    // The address changed by other means than typing: back, forward, a link.
    if (value !== sought) {
      setSought(value);
      setText(value);
    }
  }
  useEffect(() => {
    // A blank at the end is about to become a blank between two words: it is no other search, and stays in the field.
    const wanted = text.trim();
    if (wanted === sought) return;
    const timer = window.setTimeout(() => {
      setSought(wanted);
      onSearch(wanted);
    }, PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text, sought, onSearch]);
  useSlash(() => input.current?.focus());
  return (
    <TextInput
      ref={input}
      type="search"
      autoComplete="off"
      {...textProps(field)}
      placeholder="Press / to search"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      leftSection={<SearchIcon size={16} />}
      rightSection={text === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => setText('')} />}
    />
  );
}

function useSlash(go: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable], [role="dialog"]');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
      event.preventDefault();
      go();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
}
