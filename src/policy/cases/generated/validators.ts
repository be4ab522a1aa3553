// Generated from src/policy/cases/schema.ts by scripts/generate.mjs. Do not edit.
/* eslint-disable */
// @ts-nocheck

export const validateCaseFile = validate20;
const schema31 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:epm:policy-cases:1',
  title: 'EPM policy test cases',
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    version: { const: 1 },
    policies: {
      description: 'Policy files, relative to this file; those of the command line come before them.',
      type: 'array',
      maxItems: 100,
      items: { type: 'string', minLength: 1, maxLength: 1024 },
    },
    cases: {
      type: 'array',
      minItems: 1,
      maxItems: 10000,
      items: {
        type: 'object',
        properties: {
          name: { type: 'string', minLength: 1, maxLength: 512 },
          file: {
            type: 'object',
            properties: {
              path: {
                type: 'string',
                maxLength: 32767,
                pattern: '^[A-Za-z]:(?:[\\\\/](?!\\.{1,2}(?:[\\\\/]|$))[^\\\\/:*?"<>|\\u0000-\\u001f]+)+$',
                description: 'Full path on the device, with the file name.',
              },
              sha256: { type: 'string', pattern: '^[0-9A-Fa-f]{64}$' },
              sha384: { type: 'string', pattern: '^[0-9A-Fa-f]{96}$' },
              sha512: { type: 'string', pattern: '^[0-9A-Fa-f]{128}$' },
              version: {
                type: 'string',
                maxLength: 32767,
                pattern:
                  '^(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]?\\d{1,4})(?:(?:\\.|, ?)(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]?\\d{1,4})){0,3}$',
                description: 'File version, one to four numbers.',
              },
              fileDescription: { type: 'string', maxLength: 32767 },
              productName: { type: 'string', maxLength: 32767 },
              internalName: { type: 'string', maxLength: 32767 },
              originalName: { type: 'string', maxLength: 32767 },
              publisher: {
                type: 'string',
                pattern: '^[0-9A-Fa-f]{64}$',
                description: 'SHA-256 of the certificate that signed the file.',
              },
              authorities: {
                description: 'SHA-256 of the certificates above it, issuer first.',
                type: 'array',
                maxItems: 16,
                items: { type: 'string', pattern: '^[0-9A-Fa-f]{64}$' },
              },
              signature: {
                type: 'string',
                enum: ['good', 'untrusted', 'expired', 'timestamped', 'revoked', 'unchecked'],
              },
              fromInternet: { type: 'boolean' },
              textsSigned: {
                description: 'Of a package: its signature also covers its product name, version and description.',
                type: 'boolean',
              },
              externalFiles: {
                description: 'Of a package: cabinets or files that it installs lie beside it.',
                type: 'boolean',
              },
            },
            required: ['path'],
            additionalProperties: false,
            dependentRequired: { authorities: ['publisher'], signature: ['publisher'], textsSigned: ['publisher'] },
          },
          user: {
            type: 'object',
            properties: {
              sid: {
                type: 'string',
                maxLength: 184,
                pattern: '^[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}$',
              },
              profileFolder: {
                type: 'string',
                maxLength: 32767,
                pattern: '^[A-Za-z]:(?:[\\\\/](?!\\.{1,2}(?:[\\\\/]|$))[^\\\\/:*?"<>|\\u0000-\\u001f]+)+$',
              },
              administrator: { type: 'boolean' },
            },
            required: [],
            additionalProperties: false,
          },
          trigger: { type: 'string', enum: ['userInitiated', 'launch', 'detected'] },
          arguments: { type: 'array', maxItems: 1024, items: { type: 'string', maxLength: 32767 } },
          localTime: {
            description:
              'What the clock of the device shows, for rules with hours: 2026-12-24T08:00. Otherwise as it is now.',
            type: 'string',
            pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d$',
          },
          expect: {
            type: 'object',
            properties: {
              outcome: { type: 'string', enum: ['elevate', 'needs', 'needsApproval', 'denied', 'notManaged'] },
              winner: { description: 'Name of the rule that decides; null: none does.', type: ['string', 'null'] },
              requirements: {
                type: 'array',
                uniqueItems: true,
                items: { type: 'string', enum: ['confirmation', 'justification', 'authentication'] },
              },
              reason: { type: 'string', maxLength: 32767 },
              childProcesses: { type: 'string', enum: ['requireRule', 'deny', 'allow'] },
            },
            required: ['outcome'],
            additionalProperties: false,
          },
        },
        required: ['name', 'file', 'expect'],
        additionalProperties: false,
      },
    },
  },
  required: ['version', 'cases'],
  additionalProperties: false,
};
const func1 = Object.prototype.hasOwnProperty;
const pattern4 = new RegExp('^[A-Za-z]:(?:[\\\\/](?!\\.{1,2}(?:[\\\\/]|$))[^\\\\/:*?"<>|\\u0000-\\u001f]+)+$', 'u');
const pattern5 = new RegExp('^[0-9A-Fa-f]{64}$', 'u');
const pattern6 = new RegExp('^[0-9A-Fa-f]{96}$', 'u');
const pattern7 = new RegExp('^[0-9A-Fa-f]{128}$', 'u');
const pattern8 = new RegExp(
  '^(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]?\\d{1,4})(?:(?:\\.|, ?)(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]?\\d{1,4})){0,3}$',
  'u',
);
const pattern11 = new RegExp('^[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}$', 'u');
const pattern13 = new RegExp('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d$', 'u');

function validate20(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {},
) {
  /*# sourceURL="urn:epm:policy-cases:1" */ let vErrors = null;
  let errors = 0;
  const evaluated0 = validate20.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = undefined;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = undefined;
  }
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.version === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'version' },
        message: "must have required property '" + 'version' + "'",
      };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.cases === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'cases' },
        message: "must have required property '" + 'cases' + "'",
      };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(key0 === '$schema' || key0 === 'version' || key0 === 'policies' || key0 === 'cases')) {
        const err2 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          message: 'must NOT have additional properties',
        };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.$schema !== undefined) {
      if (typeof data.$schema !== 'string') {
        const err3 = {
          instancePath: instancePath + '/$schema',
          schemaPath: '#/properties/%24schema/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.version !== undefined) {
      if (1 !== data.version) {
        const err4 = {
          instancePath: instancePath + '/version',
          schemaPath: '#/properties/version/const',
          keyword: 'const',
          params: { allowedValue: 1 },
          message: 'must be equal to constant',
        };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.policies !== undefined) {
      let data2 = data.policies;
      if (Array.isArray(data2)) {
        if (data2.length > 100) {
          const err5 = {
            instancePath: instancePath + '/policies',
            schemaPath: '#/properties/policies/maxItems',
            keyword: 'maxItems',
            params: { limit: 100 },
            message: 'must NOT have more than 100 items',
          };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0];
          if (typeof data3 === 'string') {
            if (data3.length > 1024) {
              const err6 = {
                instancePath: instancePath + '/policies/' + i0,
                schemaPath: '#/properties/policies/items/maxLength',
                keyword: 'maxLength',
                params: { limit: 1024 },
                message: 'must NOT have more than 1024 characters',
              };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
            if (data3.length < 1) {
              const err7 = {
                instancePath: instancePath + '/policies/' + i0,
                schemaPath: '#/properties/policies/items/minLength',
                keyword: 'minLength',
                params: { limit: 1 },
                message: 'must NOT have fewer than 1 characters',
              };
              if (vErrors === null) {
                vErrors = [err7];
              } else {
                vErrors.push(err7);
              }
              errors++;
            }
          } else {
            const err8 = {
              instancePath: instancePath + '/policies/' + i0,
              schemaPath: '#/properties/policies/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
      } else {
        const err9 = {
          instancePath: instancePath + '/policies',
          schemaPath: '#/properties/policies/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.cases !== undefined) {
      let data4 = data.cases;
      if (Array.isArray(data4)) {
        if (data4.length > 10000) {
          const err10 = {
            instancePath: instancePath + '/cases',
            schemaPath: '#/properties/cases/maxItems',
            keyword: 'maxItems',
            params: { limit: 10000 },
            message: 'must NOT have more than 10000 items',
          };
          if (vErrors === null) {
            vErrors = [err10];
          } else {
            vErrors.push(err10);
          }
          errors++;
        }
        if (data4.length < 1) {
          const err11 = {
            instancePath: instancePath + '/cases',
            schemaPath: '#/properties/cases/minItems',
            keyword: 'minItems',
            params: { limit: 1 },
            message: 'must NOT have fewer than 1 items',
          };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        const len1 = data4.length;
        for (let i1 = 0; i1 < len1; i1++) {
          let data5 = data4[i1];
          if (data5 && typeof data5 == 'object' && !Array.isArray(data5)) {
            if (data5.name === undefined) {
              const err12 = {
                instancePath: instancePath + '/cases/' + i1,
                schemaPath: '#/properties/cases/items/required',
                keyword: 'required',
                params: { missingProperty: 'name' },
                message: "must have required property '" + 'name' + "'",
              };
              if (vErrors === null) {
                vErrors = [err12];
              } else {
                vErrors.push(err12);
              }
              errors++;
            }
            if (data5.file === undefined) {
              const err13 = {
                instancePath: instancePath + '/cases/' + i1,
                schemaPath: '#/properties/cases/items/required',
                keyword: 'required',
                params: { missingProperty: 'file' },
                message: "must have required property '" + 'file' + "'",
              };
              if (vErrors === null) {
                vErrors = [err13];
              } else {
                vErrors.push(err13);
              }
              errors++;
            }
            if (data5.expect === undefined) {
              const err14 = {
                instancePath: instancePath + '/cases/' + i1,
                schemaPath: '#/properties/cases/items/required',
                keyword: 'required',
                params: { missingProperty: 'expect' },
                message: "must have required property '" + 'expect' + "'",
              };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
            }
            for (const key1 in data5) {
              if (!(
                key1 === 'name' ||
                key1 === 'file' ||
                key1 === 'user' ||
                key1 === 'trigger' ||
                key1 === 'arguments' ||
                key1 === 'localTime' ||
                key1 === 'expect'
              )) {
                const err15 = {
                  instancePath: instancePath + '/cases/' + i1,
                  schemaPath: '#/properties/cases/items/additionalProperties',
                  keyword: 'additionalProperties',
                  params: { additionalProperty: key1 },
                  message: 'must NOT have additional properties',
                };
                if (vErrors === null) {
                  vErrors = [err15];
                } else {
                  vErrors.push(err15);
                }
                errors++;
              }
            }
            if (data5.name !== undefined) {
              let data6 = data5.name;
              if (typeof data6 === 'string') {
                if (data6.length > 512) {
                  const err16 = {
                    instancePath: instancePath + '/cases/' + i1 + '/name',
                    schemaPath: '#/properties/cases/items/properties/name/maxLength',
                    keyword: 'maxLength',
                    params: { limit: 512 },
                    message: 'must NOT have more than 512 characters',
                  };
                  if (vErrors === null) {
                    vErrors = [err16];
                  } else {
                    vErrors.push(err16);
                  }
                  errors++;
                }
                if (data6.length < 1) {
                  const err17 = {
                    instancePath: instancePath + '/cases/' + i1 + '/name',
                    schemaPath: '#/properties/cases/items/properties/name/minLength',
                    keyword: 'minLength',
                    params: { limit: 1 },
                    message: 'must NOT have fewer than 1 characters',
                  };
                  if (vErrors === null) {
                    vErrors = [err17];
                  } else {
                    vErrors.push(err17);
                  }
                  errors++;
                }
              } else {
                const err18 = {
                  instancePath: instancePath + '/cases/' + i1 + '/name',
                  schemaPath: '#/properties/cases/items/properties/name/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err18];
                } else {
                  vErrors.push(err18);
                }
                errors++;
              }
            }
            if (data5.file !== undefined) {
              let data7 = data5.file;
              if (data7 && typeof data7 == 'object' && !Array.isArray(data7)) {
                if (data7.path === undefined) {
                  const err19 = {
                    instancePath: instancePath + '/cases/' + i1 + '/file',
                    schemaPath: '#/properties/cases/items/properties/file/required',
                    keyword: 'required',
                    params: { missingProperty: 'path' },
                    message: "must have required property '" + 'path' + "'",
                  };
                  if (vErrors === null) {
                    vErrors = [err19];
                  } else {
                    vErrors.push(err19);
                  }
                  errors++;
                }
                for (const key2 in data7) {
                  if (!func1.call(schema31.properties.cases.items.properties.file.properties, key2)) {
                    const err20 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file',
                      schemaPath: '#/properties/cases/items/properties/file/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key2 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err20];
                    } else {
                      vErrors.push(err20);
                    }
                    errors++;
                  }
                }
                if (data7.path !== undefined) {
                  let data8 = data7.path;
                  if (typeof data8 === 'string') {
                    if (data8.length > 32767) {
                      const err21 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/path',
                        schemaPath: '#/properties/cases/items/properties/file/properties/path/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 32767 },
                        message: 'must NOT have more than 32767 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err21];
                      } else {
                        vErrors.push(err21);
                      }
                      errors++;
                    }
                    if (!pattern4.test(data8)) {
                      const err22 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/path',
                        schemaPath: '#/properties/cases/items/properties/file/properties/path/pattern',
                        keyword: 'pattern',
                        params: {
                          pattern: '^[A-Za-z]:(?:[\\\\/](?!\\.{1,2}(?:[\\\\/]|$))[^\\\\/:*?"<>|\\u0000-\\u001f]+)+$',
                        },
                        message:
                          'must match pattern "' +
                          '^[A-Za-z]:(?:[\\\\/](?!\\.{1,2}(?:[\\\\/]|$))[^\\\\/:*?"<>|\\u0000-\\u001f]+)+$' +
                          '"',
                      };
                      if (vErrors === null) {
                        vErrors = [err22];
                      } else {
                        vErrors.push(err22);
                      }
                      errors++;
                    }
                  } else {
                    const err23 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/path',
                      schemaPath: '#/properties/cases/items/properties/file/properties/path/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err23];
                    } else {
                      vErrors.push(err23);
                    }
                    errors++;
                  }
                }
                if (data7.sha256 !== undefined) {
                  let data9 = data7.sha256;
                  if (typeof data9 === 'string') {
                    if (!pattern5.test(data9)) {
                      const err24 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/sha256',
                        schemaPath: '#/properties/cases/items/properties/file/properties/sha256/pattern',
                        keyword: 'pattern',
                        params: { pattern: '^[0-9A-Fa-f]{64}$' },
                        message: 'must match pattern "' + '^[0-9A-Fa-f]{64}$' + '"',
                      };
                      if (vErrors === null) {
                        vErrors = [err24];
                      } else {
                        vErrors.push(err24);
                      }
                      errors++;
                    }
                  } else {
                    const err25 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/sha256',
                      schemaPath: '#/properties/cases/items/properties/file/properties/sha256/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err25];
                    } else {
                      vErrors.push(err25);
                    }
                    errors++;
                  }
                }
                if (data7.sha384 !== undefined) {
                  let data10 = data7.sha384;
                  if (typeof data10 === 'string') {
                    if (!pattern6.test(data10)) {
                      const err26 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/sha384',
                        schemaPath: '#/properties/cases/items/properties/file/properties/sha384/pattern',
                        keyword: 'pattern',
                        params: { pattern: '^[0-9A-Fa-f]{96}$' },
                        message: 'must match pattern "' + '^[0-9A-Fa-f]{96}$' + '"',
                      };
                      if (vErrors === null) {
                        vErrors = [err26];
                      } else {
                        vErrors.push(err26);
                      }
                      errors++;
                    }
                  } else {
                    const err27 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/sha384',
                      schemaPath: '#/properties/cases/items/properties/file/properties/sha384/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err27];
                    } else {
                      vErrors.push(err27);
                    }
                    errors++;
                  }
                }
                if (data7.sha512 !== undefined) {
                  let data11 = data7.sha512;
                  if (typeof data11 === 'string') {
                    if (!pattern7.test(data11)) {
                      const err28 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/sha512',
                        schemaPath: '#/properties/cases/items/properties/file/properties/sha512/pattern',
                        keyword: 'pattern',
                        params: { pattern: '^[0-9A-Fa-f]{128}$' },
                        message: 'must match pattern "' + '^[0-9A-Fa-f]{128}$' + '"',
                      };
                      if (vErrors === null) {
                        vErrors = [err28];
                      } else {
                        vErrors.push(err28);
                      }
                      errors++;
                    }
                  } else {
                    const err29 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/sha512',
                      schemaPath: '#/properties/cases/items/properties/file/properties/sha512/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err29];
                    } else {
                      vErrors.push(err29);
                    }
                    errors++;
                  }
                }
                if (data7.version !== undefined) {
                  let data12 = data7.version;
                  if (typeof data12 === 'string') {
                    if (data12.length > 32767) {
                      const err30 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/version',
                        schemaPath: '#/properties/cases/items/properties/file/properties/version/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 32767 },
                        message: 'must NOT have more than 32767 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err30];
                      } else {
                        vErrors.push(err30);
                      }
                      errors++;
                    }
                    if (!pattern8.test(data12)) {
                      const err31 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/version',
                        schemaPath: '#/properties/cases/items/properties/file/properties/version/pattern',
                        keyword: 'pattern',
                        params: {
                          pattern:
                            '^(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]?\\d{1,4})(?:(?:\\.|, ?)(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]?\\d{1,4})){0,3}$',
                        },
                        message:
                          'must match pattern "' +
                          '^(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]?\\d{1,4})(?:(?:\\.|, ?)(?:6553[0-5]|655[0-2]\\d|65[0-4]\\d\\d|6[0-4]\\d{3}|[1-5]?\\d{1,4})){0,3}$' +
                          '"',
                      };
                      if (vErrors === null) {
                        vErrors = [err31];
                      } else {
                        vErrors.push(err31);
                      }
                      errors++;
                    }
                  } else {
                    const err32 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/version',
                      schemaPath: '#/properties/cases/items/properties/file/properties/version/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err32];
                    } else {
                      vErrors.push(err32);
                    }
                    errors++;
                  }
                }
                if (data7.fileDescription !== undefined) {
                  let data13 = data7.fileDescription;
                  if (typeof data13 === 'string') {
                    if (data13.length > 32767) {
                      const err33 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/fileDescription',
                        schemaPath: '#/properties/cases/items/properties/file/properties/fileDescription/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 32767 },
                        message: 'must NOT have more than 32767 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err33];
                      } else {
                        vErrors.push(err33);
                      }
                      errors++;
                    }
                  } else {
                    const err34 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/fileDescription',
                      schemaPath: '#/properties/cases/items/properties/file/properties/fileDescription/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err34];
                    } else {
                      vErrors.push(err34);
                    }
                    errors++;
                  }
                }
                if (data7.productName !== undefined) {
                  let data14 = data7.productName;
                  if (typeof data14 === 'string') {
                    if (data14.length > 32767) {
                      const err35 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/productName',
                        schemaPath: '#/properties/cases/items/properties/file/properties/productName/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 32767 },
                        message: 'must NOT have more than 32767 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err35];
                      } else {
                        vErrors.push(err35);
                      }
                      errors++;
                    }
                  } else {
                    const err36 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/productName',
                      schemaPath: '#/properties/cases/items/properties/file/properties/productName/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err36];
                    } else {
                      vErrors.push(err36);
                    }
                    errors++;
                  }
                }
                if (data7.internalName !== undefined) {
                  let data15 = data7.internalName;
                  if (typeof data15 === 'string') {
                    if (data15.length > 32767) {
                      const err37 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/internalName',
                        schemaPath: '#/properties/cases/items/properties/file/properties/internalName/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 32767 },
                        message: 'must NOT have more than 32767 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err37];
                      } else {
                        vErrors.push(err37);
                      }
                      errors++;
                    }
                  } else {
                    const err38 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/internalName',
                      schemaPath: '#/properties/cases/items/properties/file/properties/internalName/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err38];
                    } else {
                      vErrors.push(err38);
                    }
                    errors++;
                  }
                }
                if (data7.originalName !== undefined) {
                  let data16 = data7.originalName;
                  if (typeof data16 === 'string') {
                    if (data16.length > 32767) {
                      const err39 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/originalName',
                        schemaPath: '#/properties/cases/items/properties/file/properties/originalName/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 32767 },
                        message: 'must NOT have more than 32767 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err39];
                      } else {
                        vErrors.push(err39);
                      }
                      errors++;
                    }
                  } else {
                    const err40 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/originalName',
                      schemaPath: '#/properties/cases/items/properties/file/properties/originalName/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err40];
                    } else {
                      vErrors.push(err40);
                    }
                    errors++;
                  }
                }
                if (data7.publisher !== undefined) {
                  let data17 = data7.publisher;
                  if (typeof data17 === 'string') {
                    if (!pattern5.test(data17)) {
                      const err41 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/publisher',
                        schemaPath: '#/properties/cases/items/properties/file/properties/publisher/pattern',
                        keyword: 'pattern',
                        params: { pattern: '^[0-9A-Fa-f]{64}$' },
                        message: 'must match pattern "' + '^[0-9A-Fa-f]{64}$' + '"',
                      };
                      if (vErrors === null) {
                        vErrors = [err41];
                      } else {
                        vErrors.push(err41);
                      }
                      errors++;
                    }
                  } else {
                    const err42 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/publisher',
                      schemaPath: '#/properties/cases/items/properties/file/properties/publisher/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err42];
                    } else {
                      vErrors.push(err42);
                    }
                    errors++;
                  }
                }
                if (data7.authorities !== undefined) {
                  let data18 = data7.authorities;
                  if (Array.isArray(data18)) {
                    if (data18.length > 16) {
                      const err43 = {
                        instancePath: instancePath + '/cases/' + i1 + '/file/authorities',
                        schemaPath: '#/properties/cases/items/properties/file/properties/authorities/maxItems',
                        keyword: 'maxItems',
                        params: { limit: 16 },
                        message: 'must NOT have more than 16 items',
                      };
                      if (vErrors === null) {
                        vErrors = [err43];
                      } else {
                        vErrors.push(err43);
                      }
                      errors++;
                    }
                    const len2 = data18.length;
                    for (let i2 = 0; i2 < len2; i2++) {
                      let data19 = data18[i2];
                      if (typeof data19 === 'string') {
                        if (!pattern5.test(data19)) {
                          const err44 = {
                            instancePath: instancePath + '/cases/' + i1 + '/file/authorities/' + i2,
                            schemaPath: '#/properties/cases/items/properties/file/properties/authorities/items/pattern',
                            keyword: 'pattern',
                            params: { pattern: '^[0-9A-Fa-f]{64}$' },
                            message: 'must match pattern "' + '^[0-9A-Fa-f]{64}$' + '"',
                          };
                          if (vErrors === null) {
                            vErrors = [err44];
                          } else {
                            vErrors.push(err44);
                          }
                          errors++;
                        }
                      } else {
                        const err45 = {
                          instancePath: instancePath + '/cases/' + i1 + '/file/authorities/' + i2,
                          schemaPath: '#/properties/cases/items/properties/file/properties/authorities/items/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err45];
                        } else {
                          vErrors.push(err45);
                        }
                        errors++;
                      }
                    }
                  } else {
                    const err46 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/authorities',
                      schemaPath: '#/properties/cases/items/properties/file/properties/authorities/type',
                      keyword: 'type',
                      params: { type: 'array' },
                      message: 'must be array',
                    };
                    if (vErrors === null) {
                      vErrors = [err46];
                    } else {
                      vErrors.push(err46);
                    }
                    errors++;
                  }
                }
                if (data7.signature !== undefined) {
                  let data20 = data7.signature;
                  if (typeof data20 !== 'string') {
                    const err47 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/signature',
                      schemaPath: '#/properties/cases/items/properties/file/properties/signature/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err47];
                    } else {
                      vErrors.push(err47);
                    }
                    errors++;
                  }
                  if (!(
                    data20 === 'good' ||
                    data20 === 'untrusted' ||
                    data20 === 'expired' ||
                    data20 === 'timestamped' ||
                    data20 === 'revoked' ||
                    data20 === 'unchecked'
                  )) {
                    const err48 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/signature',
                      schemaPath: '#/properties/cases/items/properties/file/properties/signature/enum',
                      keyword: 'enum',
                      params: {
                        allowedValues: schema31.properties.cases.items.properties.file.properties.signature.enum,
                      },
                      message: 'must be equal to one of the allowed values',
                    };
                    if (vErrors === null) {
                      vErrors = [err48];
                    } else {
                      vErrors.push(err48);
                    }
                    errors++;
                  }
                }
                if (data7.fromInternet !== undefined) {
                  if (typeof data7.fromInternet !== 'boolean') {
                    const err49 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/fromInternet',
                      schemaPath: '#/properties/cases/items/properties/file/properties/fromInternet/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err49];
                    } else {
                      vErrors.push(err49);
                    }
                    errors++;
                  }
                }
                if (data7.textsSigned !== undefined) {
                  if (typeof data7.textsSigned !== 'boolean') {
                    const err50 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/textsSigned',
                      schemaPath: '#/properties/cases/items/properties/file/properties/textsSigned/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err50];
                    } else {
                      vErrors.push(err50);
                    }
                    errors++;
                  }
                }
                if (data7.externalFiles !== undefined) {
                  if (typeof data7.externalFiles !== 'boolean') {
                    const err51 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file/externalFiles',
                      schemaPath: '#/properties/cases/items/properties/file/properties/externalFiles/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err51];
                    } else {
                      vErrors.push(err51);
                    }
                    errors++;
                  }
                }
                if (data7.authorities !== undefined) {
                  if (data7.publisher === undefined) {
                    const err52 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file',
                      schemaPath: '#/properties/cases/items/properties/file/dependentRequired',
                      keyword: 'dependentRequired',
                      params: {
                        property: 'authorities',
                        missingProperty: 'publisher',
                        depsCount: 1,
                        deps: 'publisher',
                      },
                      message: 'must have property publisher when property authorities is present',
                    };
                    if (vErrors === null) {
                      vErrors = [err52];
                    } else {
                      vErrors.push(err52);
                    }
                    errors++;
                  }
                }
                if (data7.signature !== undefined) {
                  if (data7.publisher === undefined) {
                    const err53 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file',
                      schemaPath: '#/properties/cases/items/properties/file/dependentRequired',
                      keyword: 'dependentRequired',
                      params: { property: 'signature', missingProperty: 'publisher', depsCount: 1, deps: 'publisher' },
                      message: 'must have property publisher when property signature is present',
                    };
                    if (vErrors === null) {
                      vErrors = [err53];
                    } else {
                      vErrors.push(err53);
                    }
                    errors++;
                  }
                }
                if (data7.textsSigned !== undefined) {
                  if (data7.publisher === undefined) {
                    const err54 = {
                      instancePath: instancePath + '/cases/' + i1 + '/file',
                      schemaPath: '#/properties/cases/items/properties/file/dependentRequired',
                      keyword: 'dependentRequired',
                      params: {
                        property: 'textsSigned',
                        missingProperty: 'publisher',
                        depsCount: 1,
                        deps: 'publisher',
                      },
                      message: 'must have property publisher when property textsSigned is present',
                    };
                    if (vErrors === null) {
                      vErrors = [err54];
                    } else {
                      vErrors.push(err54);
                    }
                    errors++;
                  }
                }
              } else {
                const err55 = {
                  instancePath: instancePath + '/cases/' + i1 + '/file',
                  schemaPath: '#/properties/cases/items/properties/file/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err55];
                } else {
                  vErrors.push(err55);
                }
                errors++;
              }
            }
            if (data5.user !== undefined) {
              let data24 = data5.user;
              if (data24 && typeof data24 == 'object' && !Array.isArray(data24)) {
                for (const key3 in data24) {
                  if (!(key3 === 'sid' || key3 === 'profileFolder' || key3 === 'administrator')) {
                    const err56 = {
                      instancePath: instancePath + '/cases/' + i1 + '/user',
                      schemaPath: '#/properties/cases/items/properties/user/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key3 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err56];
                    } else {
                      vErrors.push(err56);
                    }
                    errors++;
                  }
                }
                if (data24.sid !== undefined) {
                  let data25 = data24.sid;
                  if (typeof data25 === 'string') {
                    if (data25.length > 184) {
                      const err57 = {
                        instancePath: instancePath + '/cases/' + i1 + '/user/sid',
                        schemaPath: '#/properties/cases/items/properties/user/properties/sid/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 184 },
                        message: 'must NOT have more than 184 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err57];
                      } else {
                        vErrors.push(err57);
                      }
                      errors++;
                    }
                    if (!pattern11.test(data25)) {
                      const err58 = {
                        instancePath: instancePath + '/cases/' + i1 + '/user/sid',
                        schemaPath: '#/properties/cases/items/properties/user/properties/sid/pattern',
                        keyword: 'pattern',
                        params: { pattern: '^[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}$' },
                        message:
                          'must match pattern "' +
                          '^[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}$' +
                          '"',
                      };
                      if (vErrors === null) {
                        vErrors = [err58];
                      } else {
                        vErrors.push(err58);
                      }
                      errors++;
                    }
                  } else {
                    const err59 = {
                      instancePath: instancePath + '/cases/' + i1 + '/user/sid',
                      schemaPath: '#/properties/cases/items/properties/user/properties/sid/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err59];
                    } else {
                      vErrors.push(err59);
                    }
                    errors++;
                  }
                }
                if (data24.profileFolder !== undefined) {
                  let data26 = data24.profileFolder;
                  if (typeof data26 === 'string') {
                    if (data26.length > 32767) {
                      const err60 = {
                        instancePath: instancePath + '/cases/' + i1 + '/user/profileFolder',
                        schemaPath: '#/properties/cases/items/properties/user/properties/profileFolder/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 32767 },
                        message: 'must NOT have more than 32767 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err60];
                      } else {
                        vErrors.push(err60);
                      }
                      errors++;
                    }
                    if (!pattern4.test(data26)) {
                      const err61 = {
                        instancePath: instancePath + '/cases/' + i1 + '/user/profileFolder',
                        schemaPath: '#/properties/cases/items/properties/user/properties/profileFolder/pattern',
                        keyword: 'pattern',
                        params: {
                          pattern: '^[A-Za-z]:(?:[\\\\/](?!\\.{1,2}(?:[\\\\/]|$))[^\\\\/:*?"<>|\\u0000-\\u001f]+)+$',
                        },
                        message:
                          'must match pattern "' +
                          '^[A-Za-z]:(?:[\\\\/](?!\\.{1,2}(?:[\\\\/]|$))[^\\\\/:*?"<>|\\u0000-\\u001f]+)+$' +
                          '"',
                      };
                      if (vErrors === null) {
                        vErrors = [err61];
                      } else {
                        vErrors.push(err61);
                      }
                      errors++;
                    }
                  } else {
                    const err62 = {
                      instancePath: instancePath + '/cases/' + i1 + '/user/profileFolder',
                      schemaPath: '#/properties/cases/items/properties/user/properties/profileFolder/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err62];
                    } else {
                      vErrors.push(err62);
                    }
                    errors++;
                  }
                }
                if (data24.administrator !== undefined) {
                  if (typeof data24.administrator !== 'boolean') {
                    const err63 = {
                      instancePath: instancePath + '/cases/' + i1 + '/user/administrator',
                      schemaPath: '#/properties/cases/items/properties/user/properties/administrator/type',
                      keyword: 'type',
                      params: { type: 'boolean' },
                      message: 'must be boolean',
                    };
                    if (vErrors === null) {
                      vErrors = [err63];
                    } else {
                      vErrors.push(err63);
                    }
                    errors++;
                  }
                }
              } else {
                const err64 = {
                  instancePath: instancePath + '/cases/' + i1 + '/user',
                  schemaPath: '#/properties/cases/items/properties/user/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err64];
                } else {
                  vErrors.push(err64);
                }
                errors++;
              }
            }
            if (data5.trigger !== undefined) {
              let data28 = data5.trigger;
              if (typeof data28 !== 'string') {
                const err65 = {
                  instancePath: instancePath + '/cases/' + i1 + '/trigger',
                  schemaPath: '#/properties/cases/items/properties/trigger/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err65];
                } else {
                  vErrors.push(err65);
                }
                errors++;
              }
              if (!(data28 === 'userInitiated' || data28 === 'launch' || data28 === 'detected')) {
                const err66 = {
                  instancePath: instancePath + '/cases/' + i1 + '/trigger',
                  schemaPath: '#/properties/cases/items/properties/trigger/enum',
                  keyword: 'enum',
                  params: { allowedValues: schema31.properties.cases.items.properties.trigger.enum },
                  message: 'must be equal to one of the allowed values',
                };
                if (vErrors === null) {
                  vErrors = [err66];
                } else {
                  vErrors.push(err66);
                }
                errors++;
              }
            }
            if (data5.arguments !== undefined) {
              let data29 = data5.arguments;
              if (Array.isArray(data29)) {
                if (data29.length > 1024) {
                  const err67 = {
                    instancePath: instancePath + '/cases/' + i1 + '/arguments',
                    schemaPath: '#/properties/cases/items/properties/arguments/maxItems',
                    keyword: 'maxItems',
                    params: { limit: 1024 },
                    message: 'must NOT have more than 1024 items',
                  };
                  if (vErrors === null) {
                    vErrors = [err67];
                  } else {
                    vErrors.push(err67);
                  }
                  errors++;
                }
                const len3 = data29.length;
                for (let i3 = 0; i3 < len3; i3++) {
                  let data30 = data29[i3];
                  if (typeof data30 === 'string') {
                    if (data30.length > 32767) {
                      const err68 = {
                        instancePath: instancePath + '/cases/' + i1 + '/arguments/' + i3,
                        schemaPath: '#/properties/cases/items/properties/arguments/items/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 32767 },
                        message: 'must NOT have more than 32767 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err68];
                      } else {
                        vErrors.push(err68);
                      }
                      errors++;
                    }
                  } else {
                    const err69 = {
                      instancePath: instancePath + '/cases/' + i1 + '/arguments/' + i3,
                      schemaPath: '#/properties/cases/items/properties/arguments/items/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err69];
                    } else {
                      vErrors.push(err69);
                    }
                    errors++;
                  }
                }
              } else {
                const err70 = {
                  instancePath: instancePath + '/cases/' + i1 + '/arguments',
                  schemaPath: '#/properties/cases/items/properties/arguments/type',
                  keyword: 'type',
                  params: { type: 'array' },
                  message: 'must be array',
                };
                if (vErrors === null) {
                  vErrors = [err70];
                } else {
                  vErrors.push(err70);
                }
                errors++;
              }
            }
            if (data5.localTime !== undefined) {
              let data31 = data5.localTime;
              if (typeof data31 === 'string') {
                if (!pattern13.test(data31)) {
                  const err71 = {
                    instancePath: instancePath + '/cases/' + i1 + '/localTime',
                    schemaPath: '#/properties/cases/items/properties/localTime/pattern',
                    keyword: 'pattern',
                    params: { pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d$' },
                    message: 'must match pattern "' + '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d$' + '"',
                  };
                  if (vErrors === null) {
                    vErrors = [err71];
                  } else {
                    vErrors.push(err71);
                  }
                  errors++;
                }
              } else {
                const err72 = {
                  instancePath: instancePath + '/cases/' + i1 + '/localTime',
                  schemaPath: '#/properties/cases/items/properties/localTime/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err72];
                } else {
                  vErrors.push(err72);
                }
                errors++;
              }
            }
            if (data5.expect !== undefined) {
              let data32 = data5.expect;
              if (data32 && typeof data32 == 'object' && !Array.isArray(data32)) {
                if (data32.outcome === undefined) {
                  const err73 = {
                    instancePath: instancePath + '/cases/' + i1 + '/expect',
                    schemaPath: '#/properties/cases/items/properties/expect/required',
                    keyword: 'required',
                    params: { missingProperty: 'outcome' },
                    message: "must have required property '" + 'outcome' + "'",
                  };
                  if (vErrors === null) {
                    vErrors = [err73];
                  } else {
                    vErrors.push(err73);
                  }
                  errors++;
                }
                for (const key4 in data32) {
                  if (!(
                    key4 === 'outcome' ||
                    key4 === 'winner' ||
                    key4 === 'requirements' ||
                    key4 === 'reason' ||
                    key4 === 'childProcesses'
                  )) {
                    const err74 = {
                      instancePath: instancePath + '/cases/' + i1 + '/expect',
                      schemaPath: '#/properties/cases/items/properties/expect/additionalProperties',
                      keyword: 'additionalProperties',
                      params: { additionalProperty: key4 },
                      message: 'must NOT have additional properties',
                    };
                    if (vErrors === null) {
                      vErrors = [err74];
                    } else {
                      vErrors.push(err74);
                    }
                    errors++;
                  }
                }
                if (data32.outcome !== undefined) {
                  let data33 = data32.outcome;
                  if (typeof data33 !== 'string') {
                    const err75 = {
                      instancePath: instancePath + '/cases/' + i1 + '/expect/outcome',
                      schemaPath: '#/properties/cases/items/properties/expect/properties/outcome/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err75];
                    } else {
                      vErrors.push(err75);
                    }
                    errors++;
                  }
                  if (!(
                    data33 === 'elevate' ||
                    data33 === 'needs' ||
                    data33 === 'needsApproval' ||
                    data33 === 'denied' ||
                    data33 === 'notManaged'
                  )) {
                    const err76 = {
                      instancePath: instancePath + '/cases/' + i1 + '/expect/outcome',
                      schemaPath: '#/properties/cases/items/properties/expect/properties/outcome/enum',
                      keyword: 'enum',
                      params: {
                        allowedValues: schema31.properties.cases.items.properties.expect.properties.outcome.enum,
                      },
                      message: 'must be equal to one of the allowed values',
                    };
                    if (vErrors === null) {
                      vErrors = [err76];
                    } else {
                      vErrors.push(err76);
                    }
                    errors++;
                  }
                }
                if (data32.winner !== undefined) {
                  let data34 = data32.winner;
                  if (typeof data34 !== 'string' && data34 !== null) {
                    const err77 = {
                      instancePath: instancePath + '/cases/' + i1 + '/expect/winner',
                      schemaPath: '#/properties/cases/items/properties/expect/properties/winner/type',
                      keyword: 'type',
                      params: { type: schema31.properties.cases.items.properties.expect.properties.winner.type },
                      message: 'must be string,null',
                    };
                    if (vErrors === null) {
                      vErrors = [err77];
                    } else {
                      vErrors.push(err77);
                    }
                    errors++;
                  }
                }
                if (data32.requirements !== undefined) {
                  let data35 = data32.requirements;
                  if (Array.isArray(data35)) {
                    const len4 = data35.length;
                    for (let i4 = 0; i4 < len4; i4++) {
                      let data36 = data35[i4];
                      if (typeof data36 !== 'string') {
                        const err78 = {
                          instancePath: instancePath + '/cases/' + i1 + '/expect/requirements/' + i4,
                          schemaPath: '#/properties/cases/items/properties/expect/properties/requirements/items/type',
                          keyword: 'type',
                          params: { type: 'string' },
                          message: 'must be string',
                        };
                        if (vErrors === null) {
                          vErrors = [err78];
                        } else {
                          vErrors.push(err78);
                        }
                        errors++;
                      }
                      if (!(data36 === 'confirmation' || data36 === 'justification' || data36 === 'authentication')) {
                        const err79 = {
                          instancePath: instancePath + '/cases/' + i1 + '/expect/requirements/' + i4,
                          schemaPath: '#/properties/cases/items/properties/expect/properties/requirements/items/enum',
                          keyword: 'enum',
                          params: {
                            allowedValues:
                              schema31.properties.cases.items.properties.expect.properties.requirements.items.enum,
                          },
                          message: 'must be equal to one of the allowed values',
                        };
                        if (vErrors === null) {
                          vErrors = [err79];
                        } else {
                          vErrors.push(err79);
                        }
                        errors++;
                      }
                    }
                    let i5 = data35.length;
                    let j0;
                    if (i5 > 1) {
                      const indices0 = {};
                      for (; i5--;) {
                        let item0 = data35[i5];
                        if (typeof item0 !== 'string') {
                          continue;
                        }
                        if (typeof indices0[item0] == 'number') {
                          j0 = indices0[item0];
                          const err80 = {
                            instancePath: instancePath + '/cases/' + i1 + '/expect/requirements',
                            schemaPath:
                              '#/properties/cases/items/properties/expect/properties/requirements/uniqueItems',
                            keyword: 'uniqueItems',
                            params: { i: i5, j: j0 },
                            message: 'must NOT have duplicate items (items ## ' + j0 + ' and ' + i5 + ' are identical)',
                          };
                          if (vErrors === null) {
                            vErrors = [err80];
                          } else {
                            vErrors.push(err80);
                          }
                          errors++;
                          break;
                        }
                        indices0[item0] = i5;
                      }
                    }
                  } else {
                    const err81 = {
                      instancePath: instancePath + '/cases/' + i1 + '/expect/requirements',
                      schemaPath: '#/properties/cases/items/properties/expect/properties/requirements/type',
                      keyword: 'type',
                      params: { type: 'array' },
                      message: 'must be array',
                    };
                    if (vErrors === null) {
                      vErrors = [err81];
                    } else {
                      vErrors.push(err81);
                    }
                    errors++;
                  }
                }
                if (data32.reason !== undefined) {
                  let data37 = data32.reason;
                  if (typeof data37 === 'string') {
                    if (data37.length > 32767) {
                      const err82 = {
                        instancePath: instancePath + '/cases/' + i1 + '/expect/reason',
                        schemaPath: '#/properties/cases/items/properties/expect/properties/reason/maxLength',
                        keyword: 'maxLength',
                        params: { limit: 32767 },
                        message: 'must NOT have more than 32767 characters',
                      };
                      if (vErrors === null) {
                        vErrors = [err82];
                      } else {
                        vErrors.push(err82);
                      }
                      errors++;
                    }
                  } else {
                    const err83 = {
                      instancePath: instancePath + '/cases/' + i1 + '/expect/reason',
                      schemaPath: '#/properties/cases/items/properties/expect/properties/reason/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err83];
                    } else {
                      vErrors.push(err83);
                    }
                    errors++;
                  }
                }
                if (data32.childProcesses !== undefined) {
                  let data38 = data32.childProcesses;
                  if (typeof data38 !== 'string') {
                    const err84 = {
                      instancePath: instancePath + '/cases/' + i1 + '/expect/childProcesses',
                      schemaPath: '#/properties/cases/items/properties/expect/properties/childProcesses/type',
                      keyword: 'type',
                      params: { type: 'string' },
                      message: 'must be string',
                    };
                    if (vErrors === null) {
                      vErrors = [err84];
                    } else {
                      vErrors.push(err84);
                    }
                    errors++;
                  }
                  if (!(data38 === 'requireRule' || data38 === 'deny' || data38 === 'allow')) {
                    const err85 = {
                      instancePath: instancePath + '/cases/' + i1 + '/expect/childProcesses',
                      schemaPath: '#/properties/cases/items/properties/expect/properties/childProcesses/enum',
                      keyword: 'enum',
                      params: {
                        allowedValues: schema31.properties.cases.items.properties.expect.properties.childProcesses.enum,
                      },
                      message: 'must be equal to one of the allowed values',
                    };
                    if (vErrors === null) {
                      vErrors = [err85];
                    } else {
                      vErrors.push(err85);
                    }
                    errors++;
                  }
                }
              } else {
                const err86 = {
                  instancePath: instancePath + '/cases/' + i1 + '/expect',
                  schemaPath: '#/properties/cases/items/properties/expect/type',
                  keyword: 'type',
                  params: { type: 'object' },
                  message: 'must be object',
                };
                if (vErrors === null) {
                  vErrors = [err86];
                } else {
                  vErrors.push(err86);
                }
                errors++;
              }
            }
          } else {
            const err87 = {
              instancePath: instancePath + '/cases/' + i1,
              schemaPath: '#/properties/cases/items/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err87];
            } else {
              vErrors.push(err87);
            }
            errors++;
          }
        }
      } else {
        const err88 = {
          instancePath: instancePath + '/cases',
          schemaPath: '#/properties/cases/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err88];
        } else {
          vErrors.push(err88);
        }
        errors++;
      }
    }
  } else {
    const err89 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err89];
    } else {
      vErrors.push(err89);
    }
    errors++;
  }
  validate20.errors = vErrors;
  return errors === 0;
}
validate20.evaluated = { props: true, dynamicProps: false, dynamicItems: false };
