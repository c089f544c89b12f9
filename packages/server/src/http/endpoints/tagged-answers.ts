/** Answers that carry an entity tag, and 304 to a client that has the answer (RFC 9110, section 15.4.5). */
import type { Answer, HeaderFields } from '../exchange/answer.js';
import { VARY, variesByCoding } from '../exchange/compress.js';
import { entityTag, isKnownTag } from '../exchange/entity-tag.js';
import type { Described, DocumentedAnswer, Operation } from './endpoint.js';

/** Declares that an operation answers with a tag, and so with 304 to a client that has the answer. `isTagged` reads it. */
export function taggedAnswers(description: string, schema: Described): Readonly<Record<number, DocumentedAnswer>> {
  return {
    200: { description, schema, headers: ['ETag'] },
    304: { description: 'The client has it: `If-None-Match` names its tag', headers: ['ETag'] },
  };
}

export function isTagged({ answers }: Operation): boolean {
  return answers[200]?.headers?.includes('ETag') === true;
}

/**
 * Adds a tag to a text that is answered, or answers 304 to a client that has it. The tag is weak, because the bytes that are sent
 * depend on the content coding, which is chosen later (section 8.8.3.3).
 */
export function withTag(answer: Answer, ifNoneMatch: readonly string[]): Answer {
  const { status, headers, body, carriesSecret } = answer;
  if (status !== 200 || typeof body !== 'string' || carriesSecret === true) return answer;
  const etag = `W/${entityTag(body)}`;
  if (!isKnownTag(ifNoneMatch, etag)) return { ...answer, headers: [...headers, { etag }] };
  return { ...answer, status: 304, headers: [...headers.map(withoutType), { etag }, variesByCoding(answer) ? VARY : {}], body: null };
}

function withoutType(part: HeaderFields): HeaderFields {
  const { 'content-type': _, ...others } = part;
  return others;
}
