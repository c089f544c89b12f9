import type { ConfigReading } from '../../config/index.js';
import { ok, warning, wrong, type Finding } from './finding.js';

const REMEDY = 'Change it as said; docs/reference/settings.md lists every setting.';

export function checkConfiguration({ config, problems, warnings }: ConfigReading): readonly Finding[] {
  const found = [
    ...problems.map((problem) => wrong('configuration', problem, REMEDY)),
    ...warnings.map((text) => warning('configuration', text, REMEDY)),
  ];
  if (config !== null && config.adminKey === null) {
    const detail = 'ADMIN_API_KEY is not set: unless started on a terminal, the service cannot be administered with an admin key.';
    found.push(warning('configuration', detail, 'Set it to what this prints: openssl rand -base64 32'));
  }
  return found.length === 0 ? [ok('configuration', 'Every setting can be used.')] : found;
}
