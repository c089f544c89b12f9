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
        '# Where nginx asks Latchkey. The guide "Behind nginx" has the location that it protects,',
        '# which sets all identity headers, removes the token and answers a limit with 429.',
        'location = /latchkey {',
        '  internal;',
        `  proxy_pass ${origin}/v1/forward-auth?mode=nginx&environment=${environment}${scope === undefined ? '' : `&scope=${scope}`};`,
        '  proxy_pass_request_body off;',
        '  proxy_pass_request_headers off;',
        '  proxy_set_header Content-Length "";',
        '  proxy_set_header Authorization $http_authorization;',
        '  proxy_set_header X-Api-Key $http_x_api_key;',
        '  proxy_set_header User-Agent $http_user_agent;',
        '  proxy_set_header X-Forwarded-For $remote_addr;',
        '  proxy_set_header X-Original-URI $request_uri;',
        '  proxy_http_version 1.1;',
        '  proxy_set_header Connection "";',
        '  proxy_connect_timeout 1s;',
        '  proxy_send_timeout 2s;',
        '  proxy_read_timeout 2s;',
        '  proxy_next_upstream off;',
        '  proxy_cache off;',
        '}',
        '',
      ].join('\n'),
    },
  ];
}
