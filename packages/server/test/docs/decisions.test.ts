import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const FOLDER = new URL('../../../../docs/adr/', import.meta.url);
const INDEX = 'README.md';
const HEAD =
  /^# (?<number>\d+)\. (?<title>.+)\n\nDate: (?<date>\d{4}-\d{2}-\d{2})\. Status: (?<status>accepted|superseded by \[ADR \d+\]\(\S+\))\.\n\n/;

const DECISIONS = readdirSync(FOLDER)
  .filter((name) => name !== INDEX)
  .toSorted()
  .map((name) => ({ name, ...HEAD.exec(readFileSync(new URL(name, FOLDER), 'utf8'))?.groups }));

it.each(DECISIONS)('decisions: $name begins with its number, a title, a date and a status', ({ name, ...head }) => {
  expect(head).toEqual({
    number: String(Number(name.slice(0, 4))),
    title: expect.any(String),
    date: expect.any(String),
    status: expect.any(String),
  });
});

it('decisions: no number is given twice', () => {
  expect(new Set(DECISIONS.map(({ name }) => name.slice(0, 4))).size).toBe(DECISIONS.length);
});

it('decisions: the index lists them all as they are', async () => {
  const lines = DECISIONS.map(({ name, ...head }) => {
    const { number = '', title = '', date = '', status = '' }: Readonly<Record<string, string>> = head;
    return `- [ADR ${number}](${name}): ${title}. ${date}, ${status}.`;
  });
  await expect(`${INTRODUCTION}\n\n${lines.join('\n')}\n`).toMatchFileSnapshot(fileURLToPath(new URL(INDEX, FOLDER)));
});

const INTRODUCTION = `# Decisions

Each decision says why it was made and what follows from it. No number is given twice; 16 and 22 were never given. A decision that no
longer holds stays here and names the one in its place.

A test compares this list with the files. This writes the list: \`npx vitest run packages/server/test/docs/decisions.test.ts -u\`.`;
