import { Tabs } from '@mantine/core';
import type { KeyView } from 'latchkey/client';
import { CodeBlock } from '../../../ui/text/code-block.js';
import { Section } from '../../../ui/layout/page.js';
import { codeSamples } from './code-samples.js';

/** Ready to be pasted; the token comes from the environment, because nobody can show it. */
export function KeyCode({ item }: { readonly item: KeyView }) {
  const samples = codeSamples(location.origin, item);
  return (
    <Section title="Use it">
      <Tabs defaultValue={samples[0]?.id ?? null}>
        <Tabs.List>
          {samples.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {samples.map(({ id, label, code }) => (
          <Tabs.Panel key={id} value={id} pt="sm">
            <CodeBlock label={label} code={code} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Section>
  );
}
