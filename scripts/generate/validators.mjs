/** Compiles JSON schemas ahead of time, so that the packed program needs no code generation at run time. */
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';

const header = (source) => `// Generated from ${source} by scripts/generate.mjs. Do not edit.
/* eslint-disable */
// @ts-nocheck
`;

/**
 * @param {string} source File the schemas are declared in.
 * @param {Record<string, object>} schemas Schemas by the name of the function that checks them.
 * @returns {string} Text of a module without imports that exports the functions.
 */
export function renderValidators(source, schemas) {
  let isBuilt = false;
  const ajv = new Ajv2020.default({
    allErrors: true,
    strict: true,
    // Required members of one branch of `oneOf` are declared beside it.
    strictRequired: false,
    allowUnionTypes: true,
    // Of an object whose kind says its members, only the branch of its kind is checked and told.
    discriminator: true,
    // Lengths in UTF-16 units, as the registry counts them. It also keeps run-time helpers of ajv out of the module.
    unicode: false,
    logger: {
      log() {},
      warn(message) {
        // What is warned of before is the option `unicode`, which is deprecated in favour of the counting rule of JSON
        // Schema, and that is not the registry's.
        if (isBuilt) throw new Error(message);
      },
      error(message) {
        throw new Error(message);
      },
    },
    code: { source: true, esm: true, lines: true },
  });
  isBuilt = true;
  const names = {};
  for (const [name, schema] of Object.entries(schemas)) {
    ajv.addSchema(schema);
    names[name] = schema.$id;
  }
  const code = standaloneCode.default(ajv, names);
  const helper = /^.*(?:\brequire\(|new Function|\beval\().*$/m.exec(code);
  if (helper !== null) {
    throw new Error(`The compiled validators would need a run-time helper: ${helper[0].slice(0, 200)}`);
  }
  return header(source) + code.replace(/^"use strict";/, '') + '\n';
}
