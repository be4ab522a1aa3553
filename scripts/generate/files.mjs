/** All generated files of the repository: path from its root, and the text it must have. */
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { renderAdml, renderAdmx } from '../../src/policy/admx.ts';
import { policyFileSchema, policyFrameSchema, ruleSchema, settingsSchema } from '../../src/policy/schema.ts';
import { ipcSchemas } from '../../src/ipc/schema.ts';
import { renderValidators } from './validators.mjs';

/**
 * @param {string} root Folder of the repository.
 * @returns {Promise<Record<string, string>>}
 */
export async function renderFiles(root) {
  const files = {
    'policy-definitions/EPM.admx': renderAdmx(),
    'policy-definitions/en-US/EPM.adml': renderAdml(),
    'src/policy/generated/rule.schema.json': json(ruleSchema()),
    'src/policy/generated/settings.schema.json': json(settingsSchema()),
    'src/policy/generated/policy-file.schema.json': json(policyFileSchema()),
    'src/policy/generated/validators.ts': renderValidators('src/policy/declaration.ts', {
      validateRule: ruleSchema(),
      validateSettings: settingsSchema(),
      validatePolicyFrame: policyFrameSchema(),
    }),
    'src/ipc/generated/validators.ts': renderValidators('src/ipc/schema.ts', ipcSchemas()),
  };
  for (const [path, text] of Object.entries(files)) {
    if (/\.(?:ts|json)$/.test(path)) files[path] = await layOut(root, path, text);
  }
  return files;
}

/** Lays a file out as prettier would, so that it passes the same check as written ones. */
async function layOut(root, path, text) {
  const filepath = join(root, path);
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
