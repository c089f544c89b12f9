interface Sample {
  readonly id: string;
  readonly label: string;
  readonly code: string;
}

/** What a caller, and what the API that is called, write for a key. Texts of others are quoted for the language that they stand in. */
export function codeSamples(
  origin: string,
  { scopes, environment }: { readonly scopes: readonly string[]; readonly environment: string },
): readonly Sample[] {
  const scope = scopes.find((each) => !each.includes('*')) ?? scopes[0]?.replaceAll('*', 'read');
  const asked = scope === undefined ? '' : `, "scopes": ["${scope}"]`;
  const guard = scope === undefined ? '' : `scopes: ['${scope}'], `;
  return [
    {
      id: 'call',
      label: 'curl',
      code: `# Call your API with the key\ncurl https://api.example.com/ \\\n  -H "Authorization: Bearer $API_KEY"\n`,
    },
    {
      id: 'verify',
      label: 'Verify',
      code: [
        '# In your API, in any language: may this token pass?',
        `curl ${origin}/v1/keys/verify \\`,
        '  -H "Authorization: Bearer $OPERATOR_TOKEN" \\',
        '  -H "Content-Type: application/json" \\',
        `  -d '{ "token": "'"$API_KEY"'", "environment": "${environment}"${asked} }'`,
        '',
      ].join('\n'),
    },
    {
      id: 'express',
      label: 'Express',
      code: [
        "import express from 'express';",
        "import { createClient } from 'latchkey/client';",
        "import { requireApiKey } from 'latchkey/express';",
        '',
        `const verifier = createClient({ url: '${origin}', token: process.env.OPERATOR_TOKEN });`,
        'const app = express();',
        `app.use(requireApiKey(verifier, { ${guard}environment: '${environment}' }));`,
        '',
      ].join('\n'),
    },
    {
      id: 'nginx',
      label: 'nginx',
      code: [
        'location / {',
        '  auth_request /_latchkey;',
        '  proxy_pass http://your_api;',
        '}',
        'location = /_latchkey {',
        '  internal;',
        `  proxy_pass ${origin}/v1/forward-auth?mode=nginx&environment=${environment}${scope === undefined ? '' : `&scope=${scope}`};`,
        '  proxy_pass_request_body off;',
        '  proxy_set_header Content-Length "";',
        '}',
        '',
      ].join('\n'),
    },
  ];
}
