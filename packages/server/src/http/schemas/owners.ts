import { z } from '@hono/zod-openapi';
import { cursor, instant, integer, limit, limitInputs, metadata, name, pageSize, propagation, search } from './values.js';

export const updateOwnerBody = z
  .strictObject({
    name: name.nullish(),
    limits: limitInputs.optional().openapi({ description: 'Limits shared by all keys of the owner.' }),
    maxKeys: integer(0, Number.MAX_SAFE_INTEGER)
      .nullish()
      .openapi({ description: 'Keys, neither revoked nor expired, that the owner may have; null for the default.' }),
    metadata: metadata.optional(),
  })
  .openapi('UpdateOwner', { description: 'Fields that are absent stay as they are.', example: { name: 'Team 7', maxKeys: 10 } });

export const listOwnersQuery = z.strictObject({
  search: search.optional().openapi({ description: 'A part of the id or the name.' }),
  limit: pageSize.optional(),
  cursor: cursor.optional(),
});

export const owner = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    status: z.enum(['active', 'suspended']),
    limits: z.array(limit),
    maxKeys: z.number().int().nullable(),
    metadata,
    createdAt: instant,
    suspendedAt: instant.nullable(),
    suspendedReason: z.string().nullable(),
    keys: z.object({ total: z.number().int(), live: z.number().int() }),
    revoking: z
      .object({
        at: instant,
        keys: z.number().int().openapi({ description: 'The keys that it revokes.' }),
        left: z.number().int().openapi({ description: 'Those of them whose records do not say so yet.' }),
      })
      .nullable()
      .openapi({
        description:
          'How far a revocation of all keys has come; null where none is under way. Every one of the keys is refused from its beginning on.',
      }),
  })
  .openapi('Owner');

export const ownerPage = z.object({ data: z.array(owner), nextCursor: z.string().nullable() }).openapi('OwnerPage');
export const changedOwner = z.object({ owner, propagation }).openapi('ChangedOwner');
export const revokedAll = z
  .object({ owner, revoked: z.number().int().openapi({ description: 'The keys that this call revoked.' }), propagation })
  .openapi('RevokedAll');
