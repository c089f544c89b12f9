// @ts-check
/** The fields of a shape of the contract, in words. */
import { aboutOf, mayLack, unwrapped } from '../../packages/latchkey/dist/internal/index.js';

/**
 * @typedef {import('../../packages/latchkey/dist/internal/index.js').Part} Part
 * @typedef {{ readonly name: string, readonly type: string, readonly required: boolean, readonly description: string }} FieldRow
 */

/**
 * Returns a row for each field, with those of objects in it below it: `credits.remaining`, `limits[].name`.
 *
 * @param {Part} part
 * @returns {readonly FieldRow[]}
 */
export function fieldRows(part) {
  return within(part, '');
}

/** @type {(part: Part, at: string) => readonly FieldRow[]} */
function within(part, at) {
  return Object.entries(part.entries ?? {}).flatMap(([name, field]) => {
    const { description = '', only } = aboutOf(field);
    if (only === 'library') return [];
    const inner = unwrapped(field);
    const item = unwrapped(inner.item ?? {});
    const row = { name: at + name, type: typeOf(field), required: !mayLack(field), description: description.replaceAll('|', '\\|') };
    // The fields of a whole resource are those of its own section.
    const below = aboutOf(inner).name?.endsWith('View') === true ? [] : within(inner, `${at}${name}.`);
    return [row, ...below, ...(aboutOf(item).name?.endsWith('View') === true ? [] : within(item, `${at}${name}[].`))];
  });
}

/**
 * Returns the type in words.
 *
 * @param {Part} part
 * @returns {string}
 */
export function typeOf(part) {
  if (part.wrapped !== undefined) return typeOf(part.wrapped) + (part.type === 'nullable' || part.type === 'nullish' ? ' or null' : '');
  const { name, json } = aboutOf(part);
  const type = wordsOf(json?.['type']);
  switch (part.type ?? '') {
    case 'array':
      return `list of ${typeOf(part.item ?? {})}`;
    case 'picklist':
      return (part.options ?? []).map((word) => `\`${String(word)}\``).join(', ');
    case 'strict_object':
      return name === undefined ? 'object' : `${name}`;
    case 'union':
      return name ?? type ?? 'string';
    default:
      return json?.['format'] === 'date-time' ? 'date' : (type ?? part.type ?? '');
  }
}

/** @type {(type: unknown) => string | undefined} */
function wordsOf(type) {
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? type : undefined;
}
