import type { Command } from 'commander';
import type { ClusterNode, ClusterView } from 'latchkey';
import { adminCommand, attempt, connect, type AdminOptions } from '../admin-command.js';
import { renderFields, renderTable, type TextColumn } from '../table.js';
import { countOf } from '../plain-text.js';
import type { Terminal } from '../terminal.js';

const COLUMNS: readonly TextColumn<ClusterNode>[] = [
  { title: 'node', cell: ({ id, self }) => (self ? `${id} (answers)` : id) },
  { title: 'process', cell: ({ label }) => label },
  { title: 'version', cell: ({ version }) => version },
  { title: 'applied', cell: ({ applied, behind }) => (behind === 0 ? String(applied) : `${applied} (lacks ${behind})`) },
  { title: 'renewed', cell: ({ renewedAt }) => renewedAt },
  { title: 'started', cell: ({ startedAt }) => startedAt },
];

/** `latchkey cluster` */
export function addClusterCommand(program: Command, terminal: Terminal): void {
  adminCommand(program, 'cluster', 'show the nodes that share the database, and how far each has come').action(
    async (options: AdminOptions) =>
      attempt(terminal, options, async () => {
        const view = await connect(terminal, options).cluster();
        if (options.json === true) terminal.printJson(view);
        else terminal.print(showCluster(view, terminal.colour));
      }),
  );
}

function showCluster(view: ClusterView, colour: boolean): string {
  const facts = renderFields([
    ['answers', MODES[view.mode]],
    ['lease', view.leaseMs === null ? '–' : `${view.leaseMs} ms, ${view.holdsLease ? 'held' : 'not held'} by the node that answers`],
    ['log', countOf(view.place, 'entry', 'entries')],
  ]);
  return view.nodes.length === 0 ? facts : `${facts}\n${renderTable(COLUMNS, view.nodes, colour)}`;
}

const MODES: Readonly<Record<ClusterView['mode'], string>> = {
  alone: 'from memory; no other process can share this database',
  lease: 'from memory, under a lease',
  strict: 'never from memory',
};
