import { z } from '@hono/zod-openapi';
import { OPERATOR_SCOPES } from 'latchkey';

const kind = z.object({ kind: z.string() });

export const serviceSettings = z
  .object({
    version: z.string().openapi({ description: 'Of Latchkey.' }),
    node: z.string().openapi({ description: 'Of Node.' }),
    database: kind,
    limiter: kind,
    prefix: z.string(),
    environments: z.array(z.string()),
    scopes: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'The scopes that keys may be given, where the configuration names them; null: any.' }),
    configuredTiers: z.array(z.string()),
    operatorScopes: z.array(z.enum(OPERATOR_SCOPES)),
    settings: z.array(
      z.object({
        name: z.string(),
        value: z.string().nullable().openapi({ description: 'Null where nothing is set, and for a secret.' }),
        isDefault: z.boolean(),
        secret: z.boolean(),
        set: z.boolean().openapi({ description: 'Whether it has a value: of a secret, all that is told.' }),
        description: z.string(),
      }),
    ),
  })
  .openapi('ServiceSettings');
