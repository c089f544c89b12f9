/**
 * The response with those of `headers` that it has not got. Of some responses (redirects, answers of other servers) the headers cannot
 * be changed: those are copied.
 */
export function withHeaders(response: Response, headers: Readonly<Record<string, string>>): Response {
  try {
    setMissing(response, headers);
    return response;
  } catch {
    const copy = new Response(response.body, response);
    setMissing(copy, headers);
    return copy;
  }
}

function setMissing({ headers: own }: Response, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) if (!own.has(name)) own.set(name, value);
}
