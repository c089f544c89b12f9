import { aboutOf, CONTRACT } from 'latchkey/internal';
import { expect, it } from 'vitest';
import { FORMS, formFiles, staleForms } from './contract-forms.js';

type Contract = NonNullable<Parameters<typeof formFiles>[0]>;

const contract = { CONTRACT, aboutOf } as unknown as Contract;

/** Returns the contract with other documentation of one field of a new key. */
function withField(name: string, about: object): Contract {
  const { create } = contract.CONTRACT['keys'] ?? {};
  const field = create?.input?.entries?.[name];
  const changed = {
    ...field,
    pipe: [
      { kind: 'schema', ...field },
      { type: 'metadata', metadata: { ...aboutOf(field ?? {}), ...about } },
    ],
  };
  const input = { ...create?.input, entries: { ...create?.input?.entries, [name]: changed } };
  return {
    ...contract,
    CONTRACT: { ...contract.CONTRACT, keys: { ...contract.CONTRACT['keys'], create: { ...create, input } } },
  } as Contract;
}

async function keyFields(of: Contract): Promise<string> {
  return (await formFiles(of)).get('keys.ts') ?? '';
}

it('form fields: the files are what the contract says; run `npm run contract` after a change', async () => {
  expect(await staleForms()).toEqual([]);
});

it('form fields: a bound, a label and a help that change in the contract change in the forms', async () => {
  expect(await keyFields(contract)).toMatch(
    /export const createKey = \{\n {2}name: \{ label: 'Name', help: '.+', required: true, maxLength: 100 \}/,
  );
  const changed = await keyFields(withField('name', { json: { maxLength: 7 }, form: { label: 'Purpose', help: 'Anything.' } }));
  expect(changed).toContain("\n  name: { label: 'Purpose', help: 'Anything.', required: true, maxLength: 7 },\n");
});

it('form fields: a field without a form is in none', async () => {
  expect(await keyFields(contract)).not.toContain('notBefore');
  expect(await keyFields(withField('notBefore', { form: {} }))).toContain("\n  notBefore: { label: 'Not before' },\n");
});

it('form fields: every call of a form is in the contract, and has fields', async () => {
  const calls = Object.entries(FORMS).flatMap(([resource, names]) => names.map((name) => contract.CONTRACT[resource]?.[name]));
  const files = [...(await formFiles(contract)).values()].join('\n');
  for (const call of calls) expect(files).toMatch(new RegExp(`export const ${call?.id} = \\{\\n {2}\\S`));
});
