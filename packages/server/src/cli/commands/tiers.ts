import type { Command } from 'commander';
import type { PutTierInput, TierView } from 'latchkey';
import { CONTRACT } from 'latchkey/internal';
import { adminCommand, attempt, commandGroup, connect, type AdminOptions } from '../admin-command.js';
import { inputOf, withInput } from '../input-options.js';
import { limitsText } from '../show.js';
import { renderFields, renderTable, type TextColumn } from '../table.js';
import type { Terminal } from '../terminal.js';

const { put } = CONTRACT.tiers;

/** `latchkey tiers …` */
export function addTiersCommands(program: Command, terminal: Terminal): void {
  const tiers = commandGroup(program, 'tiers', 'the named sets of limits');
  addList(tiers, terminal);
  addShow(tiers, terminal);
  addSet(tiers, terminal);
  addRemove(tiers, terminal);
}

const COLUMNS: readonly TextColumn<TierView>[] = [
  { title: 'name', cell: (tier) => tier.name },
  { title: 'keys', cell: (tier) => String(tier.keys) },
  { title: 'changed in', cell: changedIn },
  { title: 'limits', cell: (tier) => limitsText(tier.limits) || '–' },
];

function addList(tiers: Command, terminal: Terminal): void {
  adminCommand(tiers, 'list', 'list tiers, by name').action(async (options: AdminOptions) =>
    attempt(terminal, options, async () => {
      const list = await connect(terminal, options).tiers.list();
      if (options.json === true) terminal.printJson({ data: list });
      else if (list.length === 0) terminal.note('There are no tiers.');
      else terminal.print(renderTable(COLUMNS, list, terminal.colour));
    }),
  );
}

function addShow(tiers: Command, terminal: Terminal): void {
  adminCommand(tiers, 'show <name>', 'show a tier').action(async (name: string, options: AdminOptions) =>
    attempt(terminal, options, async () => {
      printTier(await connect(terminal, options).tiers.get(name), options, terminal);
    }),
  );
}

function addSet(tiers: Command, terminal: Terminal): void {
  withInput(adminCommand(tiers, 'set <name>', 'make a tier, or replace its limits; holds for all its keys at once'), put)
    .addHelpText('after', '\nExample:\n  latchkey tiers set free --limit daily=100/1d --limit burst=5/1s')
    .action(async (name: string, options: AdminOptions) =>
      attempt(terminal, { ...options, call: put }, async () => {
        // Without any, the tier has none.
        const input = inputOf({ limit: [], ...options }, put) as unknown as PutTierInput;
        printTier(await connect(terminal, options).tiers.put(name, input), options, terminal);
      }),
    );
}

function addRemove(tiers: Command, terminal: Terminal): void {
  adminCommand(tiers, 'remove <name>', 'remove a tier that no key has').action(async (name: string, options: AdminOptions) =>
    attempt(terminal, options, async () => {
      await connect(terminal, options).tiers.remove(name);
      if (options.json === true) terminal.printJson({ removed: name });
      else terminal.note(`Removed the tier ${name}.`);
    }),
  );
}

function printTier(tier: TierView, options: AdminOptions, terminal: Terminal): void {
  if (options.json === true) {
    terminal.printJson(tier);
    return;
  }
  const limitFields = tier.limits.map((limit): [string, string] => ['limit', limitsText([limit])]);
  terminal.print(
    renderFields([
      ['name', tier.name],
      ...limitFields,
      ['keys', String(tier.keys)],
      ['changed in', changedIn(tier)],
      ['changed', tier.updatedAt],
    ]),
  );
}

function changedIn(tier: TierView): string {
  return tier.configured ? 'the configuration' : 'the service';
}
