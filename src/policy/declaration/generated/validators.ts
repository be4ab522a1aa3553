// Generated from src/policy/declaration/schema.ts by scripts/generate.mjs. Do not edit.
/* eslint-disable */
// @ts-nocheck

export const validateApproverKey = validate20;
const schema31 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:epm:approver-key:1',
  title: 'Key of an approver',
  type: 'object',
  properties: {
    publicKey: {
      title: 'Public key',
      description: 'Ed25519, 32 bytes in base64.',
      type: 'string',
      pattern: '^[A-Za-z0-9+/]{43}=$',
    },
    approver: {
      title: 'Approver',
      description: 'SID or user principal name of who holds the key. Nobody approves what they asked for themselves.',
      type: 'string',
      maxLength: 256,
      pattern:
        '^(?:[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}|[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+)$',
    },
    rights: {
      title: 'Rights',
      description: 'What may be approved besides a file for the one user of the one device who asked.',
      type: 'object',
      properties: {
        anyUser: { description: 'For every user of the device at once.', type: 'boolean' },
        deviceGroups: {
          description: 'For all devices of these groups.',
          type: 'array',
          uniqueItems: true,
          maxItems: 64,
          items: {
            type: 'string',
            minLength: 1,
            maxLength: 128,
            pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
          },
        },
      },
      additionalProperties: false,
    },
    validFrom: {
      title: 'Valid from',
      description: 'UTC, such as 2026-01-01T00:00Z.',
      type: 'string',
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d)?Z$',
    },
    validUntil: {
      title: 'Valid until',
      description: 'UTC; at this moment the key is over.',
      type: 'string',
      pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d)?Z$',
    },
    limits: {
      title: 'Limits',
      description: 'What an approval may not exceed.',
      type: 'object',
      properties: {
        publishers: {
          description:
            'Who must have signed the file: SHA-256 of a certificate of the chain, or the name of a publisher exactly as a trusted signature gives it.',
          type: 'array',
          minItems: 1,
          maxItems: 64,
          items: {
            type: 'string',
            minLength: 1,
            maxLength: 256,
            pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
          },
        },
        maximumHours: { description: 'From its beginning to its end.', type: 'integer', minimum: 1, maximum: 87600 },
        singleUseOnly: { type: 'boolean' },
      },
      additionalProperties: false,
    },
  },
  required: ['publicKey', 'approver'],
  additionalProperties: false,
};
const pattern4 = new RegExp('^[A-Za-z0-9+/]{43}=$', 'u');
const pattern5 = new RegExp(
  '^(?:[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}|[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+)$',
  'u',
);
const pattern6 = new RegExp('^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$', 'u');
const pattern7 = new RegExp('^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d)?Z$', 'u');

function validate20(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {},
) {
  /*# sourceURL="urn:epm:approver-key:1" */ let vErrors = null;
  let errors = 0;
  const evaluated0 = validate20.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = undefined;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = undefined;
  }
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.publicKey === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'publicKey' },
        message: "must have required property '" + 'publicKey' + "'",
      };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.approver === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'approver' },
        message: "must have required property '" + 'approver' + "'",
      };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!(
        key0 === 'publicKey' ||
        key0 === 'approver' ||
        key0 === 'rights' ||
        key0 === 'validFrom' ||
        key0 === 'validUntil' ||
        key0 === 'limits'
      )) {
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
    if (data.publicKey !== undefined) {
      let data0 = data.publicKey;
      if (typeof data0 === 'string') {
        if (!pattern4.test(data0)) {
          const err3 = {
            instancePath: instancePath + '/publicKey',
            schemaPath: '#/properties/publicKey/pattern',
            keyword: 'pattern',
            params: { pattern: '^[A-Za-z0-9+/]{43}=$' },
            message: 'must match pattern "' + '^[A-Za-z0-9+/]{43}=$' + '"',
          };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
      } else {
        const err4 = {
          instancePath: instancePath + '/publicKey',
          schemaPath: '#/properties/publicKey/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err4];
        } else {
          vErrors.push(err4);
        }
        errors++;
      }
    }
    if (data.approver !== undefined) {
      let data1 = data.approver;
      if (typeof data1 === 'string') {
        if (data1.length > 256) {
          const err5 = {
            instancePath: instancePath + '/approver',
            schemaPath: '#/properties/approver/maxLength',
            keyword: 'maxLength',
            params: { limit: 256 },
            message: 'must NOT have more than 256 characters',
          };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
        if (!pattern5.test(data1)) {
          const err6 = {
            instancePath: instancePath + '/approver',
            schemaPath: '#/properties/approver/pattern',
            keyword: 'pattern',
            params: {
              pattern:
                '^(?:[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}|[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+)$',
            },
            message:
              'must match pattern "' +
              '^(?:[Ss]-1-(?:0[Xx][0-9A-Fa-f]{12}|\\d{1,10})(?:-\\d{1,10}){1,15}|[^\\s@\\u0000-\\u001f]+@[^\\s@\\u0000-\\u001f]+)$' +
              '"',
          };
          if (vErrors === null) {
            vErrors = [err6];
          } else {
            vErrors.push(err6);
          }
          errors++;
        }
      } else {
        const err7 = {
          instancePath: instancePath + '/approver',
          schemaPath: '#/properties/approver/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.rights !== undefined) {
      let data2 = data.rights;
      if (data2 && typeof data2 == 'object' && !Array.isArray(data2)) {
        for (const key1 in data2) {
          if (!(key1 === 'anyUser' || key1 === 'deviceGroups')) {
            const err8 = {
              instancePath: instancePath + '/rights',
              schemaPath: '#/properties/rights/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key1 },
              message: 'must NOT have additional properties',
            };
            if (vErrors === null) {
              vErrors = [err8];
            } else {
              vErrors.push(err8);
            }
            errors++;
          }
        }
        if (data2.anyUser !== undefined) {
          if (typeof data2.anyUser !== 'boolean') {
            const err9 = {
              instancePath: instancePath + '/rights/anyUser',
              schemaPath: '#/properties/rights/properties/anyUser/type',
              keyword: 'type',
              params: { type: 'boolean' },
              message: 'must be boolean',
            };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
        if (data2.deviceGroups !== undefined) {
          let data4 = data2.deviceGroups;
          if (Array.isArray(data4)) {
            if (data4.length > 64) {
              const err10 = {
                instancePath: instancePath + '/rights/deviceGroups',
                schemaPath: '#/properties/rights/properties/deviceGroups/maxItems',
                keyword: 'maxItems',
                params: { limit: 64 },
                message: 'must NOT have more than 64 items',
              };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
            }
            const len0 = data4.length;
            for (let i0 = 0; i0 < len0; i0++) {
              let data5 = data4[i0];
              if (typeof data5 === 'string') {
                if (data5.length > 128) {
                  const err11 = {
                    instancePath: instancePath + '/rights/deviceGroups/' + i0,
                    schemaPath: '#/properties/rights/properties/deviceGroups/items/maxLength',
                    keyword: 'maxLength',
                    params: { limit: 128 },
                    message: 'must NOT have more than 128 characters',
                  };
                  if (vErrors === null) {
                    vErrors = [err11];
                  } else {
                    vErrors.push(err11);
                  }
                  errors++;
                }
                if (data5.length < 1) {
                  const err12 = {
                    instancePath: instancePath + '/rights/deviceGroups/' + i0,
                    schemaPath: '#/properties/rights/properties/deviceGroups/items/minLength',
                    keyword: 'minLength',
                    params: { limit: 1 },
                    message: 'must NOT have fewer than 1 characters',
                  };
                  if (vErrors === null) {
                    vErrors = [err12];
                  } else {
                    vErrors.push(err12);
                  }
                  errors++;
                }
                if (!pattern6.test(data5)) {
                  const err13 = {
                    instancePath: instancePath + '/rights/deviceGroups/' + i0,
                    schemaPath: '#/properties/rights/properties/deviceGroups/items/pattern',
                    keyword: 'pattern',
                    params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
                    message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
                  };
                  if (vErrors === null) {
                    vErrors = [err13];
                  } else {
                    vErrors.push(err13);
                  }
                  errors++;
                }
              } else {
                const err14 = {
                  instancePath: instancePath + '/rights/deviceGroups/' + i0,
                  schemaPath: '#/properties/rights/properties/deviceGroups/items/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err14];
                } else {
                  vErrors.push(err14);
                }
                errors++;
              }
            }
            let i1 = data4.length;
            let j0;
            if (i1 > 1) {
              const indices0 = {};
              for (; i1--;) {
                let item0 = data4[i1];
                if (typeof item0 !== 'string') {
                  continue;
                }
                if (typeof indices0[item0] == 'number') {
                  j0 = indices0[item0];
                  const err15 = {
                    instancePath: instancePath + '/rights/deviceGroups',
                    schemaPath: '#/properties/rights/properties/deviceGroups/uniqueItems',
                    keyword: 'uniqueItems',
                    params: { i: i1, j: j0 },
                    message: 'must NOT have duplicate items (items ## ' + j0 + ' and ' + i1 + ' are identical)',
                  };
                  if (vErrors === null) {
                    vErrors = [err15];
                  } else {
                    vErrors.push(err15);
                  }
                  errors++;
                  break;
                }
                indices0[item0] = i1;
              }
            }
          } else {
            const err16 = {
              instancePath: instancePath + '/rights/deviceGroups',
              schemaPath: '#/properties/rights/properties/deviceGroups/type',
              keyword: 'type',
              params: { type: 'array' },
              message: 'must be array',
            };
            if (vErrors === null) {
              vErrors = [err16];
            } else {
              vErrors.push(err16);
            }
            errors++;
          }
        }
      } else {
        const err17 = {
          instancePath: instancePath + '/rights',
          schemaPath: '#/properties/rights/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.validFrom !== undefined) {
      let data6 = data.validFrom;
      if (typeof data6 === 'string') {
        if (!pattern7.test(data6)) {
          const err18 = {
            instancePath: instancePath + '/validFrom',
            schemaPath: '#/properties/validFrom/pattern',
            keyword: 'pattern',
            params: { pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d)?Z$' },
            message: 'must match pattern "' + '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d)?Z$' + '"',
          };
          if (vErrors === null) {
            vErrors = [err18];
          } else {
            vErrors.push(err18);
          }
          errors++;
        }
      } else {
        const err19 = {
          instancePath: instancePath + '/validFrom',
          schemaPath: '#/properties/validFrom/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.validUntil !== undefined) {
      let data7 = data.validUntil;
      if (typeof data7 === 'string') {
        if (!pattern7.test(data7)) {
          const err20 = {
            instancePath: instancePath + '/validUntil',
            schemaPath: '#/properties/validUntil/pattern',
            keyword: 'pattern',
            params: { pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d)?Z$' },
            message: 'must match pattern "' + '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(?::\\d\\d)?Z$' + '"',
          };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
      } else {
        const err21 = {
          instancePath: instancePath + '/validUntil',
          schemaPath: '#/properties/validUntil/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.limits !== undefined) {
      let data8 = data.limits;
      if (data8 && typeof data8 == 'object' && !Array.isArray(data8)) {
        for (const key2 in data8) {
          if (!(key2 === 'publishers' || key2 === 'maximumHours' || key2 === 'singleUseOnly')) {
            const err22 = {
              instancePath: instancePath + '/limits',
              schemaPath: '#/properties/limits/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key2 },
              message: 'must NOT have additional properties',
            };
            if (vErrors === null) {
              vErrors = [err22];
            } else {
              vErrors.push(err22);
            }
            errors++;
          }
        }
        if (data8.publishers !== undefined) {
          let data9 = data8.publishers;
          if (Array.isArray(data9)) {
            if (data9.length > 64) {
              const err23 = {
                instancePath: instancePath + '/limits/publishers',
                schemaPath: '#/properties/limits/properties/publishers/maxItems',
                keyword: 'maxItems',
                params: { limit: 64 },
                message: 'must NOT have more than 64 items',
              };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
            if (data9.length < 1) {
              const err24 = {
                instancePath: instancePath + '/limits/publishers',
                schemaPath: '#/properties/limits/properties/publishers/minItems',
                keyword: 'minItems',
                params: { limit: 1 },
                message: 'must NOT have fewer than 1 items',
              };
              if (vErrors === null) {
                vErrors = [err24];
              } else {
                vErrors.push(err24);
              }
              errors++;
            }
            const len1 = data9.length;
            for (let i2 = 0; i2 < len1; i2++) {
              let data10 = data9[i2];
              if (typeof data10 === 'string') {
                if (data10.length > 256) {
                  const err25 = {
                    instancePath: instancePath + '/limits/publishers/' + i2,
                    schemaPath: '#/properties/limits/properties/publishers/items/maxLength',
                    keyword: 'maxLength',
                    params: { limit: 256 },
                    message: 'must NOT have more than 256 characters',
                  };
                  if (vErrors === null) {
                    vErrors = [err25];
                  } else {
                    vErrors.push(err25);
                  }
                  errors++;
                }
                if (data10.length < 1) {
                  const err26 = {
                    instancePath: instancePath + '/limits/publishers/' + i2,
                    schemaPath: '#/properties/limits/properties/publishers/items/minLength',
                    keyword: 'minLength',
                    params: { limit: 1 },
                    message: 'must NOT have fewer than 1 characters',
                  };
                  if (vErrors === null) {
                    vErrors = [err26];
                  } else {
                    vErrors.push(err26);
                  }
                  errors++;
                }
                if (!pattern6.test(data10)) {
                  const err27 = {
                    instancePath: instancePath + '/limits/publishers/' + i2,
                    schemaPath: '#/properties/limits/properties/publishers/items/pattern',
                    keyword: 'pattern',
                    params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
                    message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
                  };
                  if (vErrors === null) {
                    vErrors = [err27];
                  } else {
                    vErrors.push(err27);
                  }
                  errors++;
                }
              } else {
                const err28 = {
                  instancePath: instancePath + '/limits/publishers/' + i2,
                  schemaPath: '#/properties/limits/properties/publishers/items/type',
                  keyword: 'type',
                  params: { type: 'string' },
                  message: 'must be string',
                };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
            }
          } else {
            const err29 = {
              instancePath: instancePath + '/limits/publishers',
              schemaPath: '#/properties/limits/properties/publishers/type',
              keyword: 'type',
              params: { type: 'array' },
              message: 'must be array',
            };
            if (vErrors === null) {
              vErrors = [err29];
            } else {
              vErrors.push(err29);
            }
            errors++;
          }
        }
        if (data8.maximumHours !== undefined) {
          let data11 = data8.maximumHours;
          if (!(typeof data11 == 'number' && !(data11 % 1) && !isNaN(data11) && isFinite(data11))) {
            const err30 = {
              instancePath: instancePath + '/limits/maximumHours',
              schemaPath: '#/properties/limits/properties/maximumHours/type',
              keyword: 'type',
              params: { type: 'integer' },
              message: 'must be integer',
            };
            if (vErrors === null) {
              vErrors = [err30];
            } else {
              vErrors.push(err30);
            }
            errors++;
          }
          if (typeof data11 == 'number' && isFinite(data11)) {
            if (data11 > 87600 || isNaN(data11)) {
              const err31 = {
                instancePath: instancePath + '/limits/maximumHours',
                schemaPath: '#/properties/limits/properties/maximumHours/maximum',
                keyword: 'maximum',
                params: { comparison: '<=', limit: 87600 },
                message: 'must be <= 87600',
              };
              if (vErrors === null) {
                vErrors = [err31];
              } else {
                vErrors.push(err31);
              }
              errors++;
            }
            if (data11 < 1 || isNaN(data11)) {
              const err32 = {
                instancePath: instancePath + '/limits/maximumHours',
                schemaPath: '#/properties/limits/properties/maximumHours/minimum',
                keyword: 'minimum',
                params: { comparison: '>=', limit: 1 },
                message: 'must be >= 1',
              };
              if (vErrors === null) {
                vErrors = [err32];
              } else {
                vErrors.push(err32);
              }
              errors++;
            }
          }
        }
        if (data8.singleUseOnly !== undefined) {
          if (typeof data8.singleUseOnly !== 'boolean') {
            const err33 = {
              instancePath: instancePath + '/limits/singleUseOnly',
              schemaPath: '#/properties/limits/properties/singleUseOnly/type',
              keyword: 'type',
              params: { type: 'boolean' },
              message: 'must be boolean',
            };
            if (vErrors === null) {
              vErrors = [err33];
            } else {
              vErrors.push(err33);
            }
            errors++;
          }
        }
      } else {
        const err34 = {
          instancePath: instancePath + '/limits',
          schemaPath: '#/properties/limits/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err34];
        } else {
          vErrors.push(err34);
        }
        errors++;
      }
    }
  } else {
    const err35 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err35];
    } else {
      vErrors.push(err35);
    }
    errors++;
  }
  validate20.errors = vErrors;
  return errors === 0;
}
validate20.evaluated = { props: true, dynamicProps: false, dynamicItems: false };

export const validateNotification = validate21;
const schema32 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:epm:notification:1',
  title: 'Receiver of notifications',
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: [
    {
      title: 'A message by HTTPS.',
      properties: {
        kind: { const: 'webhook' },
        url: {
          description: 'https only, without a user name, a password or a fragment.',
          type: 'string',
          maxLength: 2048,
          pattern: '^https://[A-Za-z0-9\\[][^\\s#@\\\\\\u0000-\\u0020\\u007f-\\uffff]*$',
        },
        urlSecret: {
          description: 'Name of a secret that was given to the agent of the device; never the secret itself.',
          type: 'string',
          pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
        },
        format: {
          description: 'How the body is written; generic where it is missing.',
          type: 'string',
          enum: ['generic', 'teams', 'slack'],
        },
        secret: {
          description: 'Name of a secret that was given to the agent of the device; never the secret itself.',
          type: 'string',
          pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
        },
        events: {
          description: 'What it is told of; requested where it is missing.',
          type: 'array',
          uniqueItems: true,
          minItems: 1,
          items: { type: 'string', enum: ['requested', 'approved', 'denied', 'expired', 'revoked', 'completed'] },
        },
      },
      required: ['kind'],
      additionalProperties: false,
    },
    {
      title: 'A mail by SMTP.',
      properties: {
        kind: { const: 'mail' },
        host: {
          description: 'Name of the mail server, which its certificate must carry.',
          type: 'string',
          maxLength: 253,
          pattern: '^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$',
        },
        port: {
          description: '587 for starttls and 465 for implicit where it is missing.',
          type: 'integer',
          minimum: 1,
          maximum: 65535,
        },
        tls: {
          description: 'starttls where it is missing; mail is never sent in the clear.',
          type: 'string',
          enum: ['starttls', 'implicit'],
        },
        from: {
          type: 'string',
          maxLength: 254,
          pattern:
            '^[^\\s@<>,;:"()\\[\\]\\\\\\u0000-\\u0020\\u007f-\\u009f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$',
        },
        to: {
          type: 'array',
          uniqueItems: true,
          minItems: 1,
          maxItems: 16,
          items: {
            type: 'string',
            maxLength: 254,
            pattern:
              '^[^\\s@<>,;:"()\\[\\]\\\\\\u0000-\\u0020\\u007f-\\u009f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$',
          },
        },
        userName: { type: 'string', minLength: 1, maxLength: 254, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' },
        secret: {
          description: 'Name of a secret that was given to the agent of the device; never the secret itself.',
          type: 'string',
          pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
        },
        events: {
          description: 'What it is told of; requested where it is missing.',
          type: 'array',
          uniqueItems: true,
          minItems: 1,
          items: { type: 'string', enum: ['requested', 'approved', 'denied', 'expired', 'revoked', 'completed'] },
        },
      },
      required: ['kind', 'host', 'from', 'to'],
      additionalProperties: false,
    },
    {
      title: 'An entry of the Windows event log.',
      properties: {
        kind: { const: 'eventLog' },
        events: {
          description: 'What it is told of; requested where it is missing.',
          type: 'array',
          uniqueItems: true,
          minItems: 1,
          items: { type: 'string', enum: ['requested', 'approved', 'denied', 'expired', 'revoked', 'completed'] },
        },
      },
      required: ['kind'],
      additionalProperties: false,
    },
    {
      title: 'A file in a folder.',
      properties: {
        kind: { const: 'folder' },
        path: {
          description: 'A folder of a drive, or of a share.',
          type: 'string',
          maxLength: 200,
          pattern:
            '^(?:[A-Za-z]:\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ]|\\\\\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ]\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ])(?:\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ])*\\\\?$',
        },
        events: {
          description: 'What it is told of; requested where it is missing.',
          type: 'array',
          uniqueItems: true,
          minItems: 1,
          items: { type: 'string', enum: ['requested', 'approved', 'denied', 'expired', 'revoked', 'completed'] },
        },
      },
      required: ['kind', 'path'],
      additionalProperties: false,
    },
    {
      title: 'The live channel by an MQTT broker.',
      properties: {
        kind: { const: 'mqtt' },
        url: {
          description: 'mqtts://host or mqtts://host:port; 8883 where the port is missing.',
          type: 'string',
          maxLength: 260,
          pattern: '^mqtts://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?/?$',
        },
        topicPrefix: {
          description: 'First levels of the topics, at most three; epm where it is missing.',
          type: 'string',
          maxLength: 98,
          pattern: '^[A-Za-z0-9._-]{1,32}(?:/[A-Za-z0-9._-]{1,32}){0,2}$',
        },
        userName: { type: 'string', minLength: 1, maxLength: 254, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' },
        secret: {
          description: 'Name of a secret that was given to the agent of the device; never the secret itself.',
          type: 'string',
          pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
        },
        certificate: {
          description: 'Name of a secret that was given to the agent of the device; never the secret itself.',
          type: 'string',
          pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
        },
        caCertificates: {
          description:
            'Certificates, DER in base64, that alone are trusted; the roots of the machine where it is missing.',
          type: 'array',
          uniqueItems: true,
          minItems: 1,
          maxItems: 4,
          items: { type: 'string', maxLength: 8192, pattern: '^[A-Za-z0-9+/]+={0,2}$' },
        },
        events: {
          description: 'What it is told of; requested where it is missing.',
          type: 'array',
          uniqueItems: true,
          minItems: 1,
          items: { type: 'string', enum: ['requested', 'approved', 'denied', 'expired', 'revoked', 'completed'] },
        },
      },
      required: ['kind', 'url'],
      additionalProperties: false,
    },
  ],
};
const pattern10 = new RegExp('^https://[A-Za-z0-9\\[][^\\s#@\\\\\\u0000-\\u0020\\u007f-\\uffff]*$', 'u');
const pattern11 = new RegExp('^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', 'u');
const pattern13 = new RegExp('^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$', 'u');
const pattern14 = new RegExp(
  '^[^\\s@<>,;:"()\\[\\]\\\\\\u0000-\\u0020\\u007f-\\u009f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$',
  'u',
);
const pattern16 = new RegExp('^[^\\u0000-\\u001f\\u007f-\\u009f]+$', 'u');
const pattern18 = new RegExp(
  '^(?:[A-Za-z]:\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ]|\\\\\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ]\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ])(?:\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ])*\\\\?$',
  'u',
);
const pattern19 = new RegExp(
  '^mqtts://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?/?$',
  'u',
);
const pattern20 = new RegExp('^[A-Za-z0-9._-]{1,32}(?:/[A-Za-z0-9._-]{1,32}){0,2}$', 'u');
const pattern24 = new RegExp('^[A-Za-z0-9+/]+={0,2}$', 'u');
const func1 = Object.prototype.hasOwnProperty;

function validate21(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {},
) {
  /*# sourceURL="urn:epm:notification:1" */ let vErrors = null;
  let errors = 0;
  const evaluated0 = validate21.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = undefined;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = undefined;
  }
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.kind === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'kind' },
        message: "must have required property '" + 'kind' + "'",
      };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    const tag0 = data.kind;
    if (typeof tag0 == 'string') {
      if (tag0 === 'webhook') {
        if (data && typeof data == 'object' && !Array.isArray(data)) {
          if (data.kind === undefined) {
            const err1 = {
              instancePath,
              schemaPath: '#/oneOf/0/required',
              keyword: 'required',
              params: { missingProperty: 'kind' },
              message: "must have required property '" + 'kind' + "'",
            };
            if (vErrors === null) {
              vErrors = [err1];
            } else {
              vErrors.push(err1);
            }
            errors++;
          }
          for (const key0 in data) {
            if (!(
              key0 === 'kind' ||
              key0 === 'url' ||
              key0 === 'urlSecret' ||
              key0 === 'format' ||
              key0 === 'secret' ||
              key0 === 'events'
            )) {
              const err2 = {
                instancePath,
                schemaPath: '#/oneOf/0/additionalProperties',
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
          if (data.kind !== undefined) {
            if ('webhook' !== data.kind) {
              const err3 = {
                instancePath: instancePath + '/kind',
                schemaPath: '#/oneOf/0/properties/kind/const',
                keyword: 'const',
                params: { allowedValue: 'webhook' },
                message: 'must be equal to constant',
              };
              if (vErrors === null) {
                vErrors = [err3];
              } else {
                vErrors.push(err3);
              }
              errors++;
            }
          }
          if (data.url !== undefined) {
            let data1 = data.url;
            if (typeof data1 === 'string') {
              if (data1.length > 2048) {
                const err4 = {
                  instancePath: instancePath + '/url',
                  schemaPath: '#/oneOf/0/properties/url/maxLength',
                  keyword: 'maxLength',
                  params: { limit: 2048 },
                  message: 'must NOT have more than 2048 characters',
                };
                if (vErrors === null) {
                  vErrors = [err4];
                } else {
                  vErrors.push(err4);
                }
                errors++;
              }
              if (!pattern10.test(data1)) {
                const err5 = {
                  instancePath: instancePath + '/url',
                  schemaPath: '#/oneOf/0/properties/url/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^https://[A-Za-z0-9\\[][^\\s#@\\\\\\u0000-\\u0020\\u007f-\\uffff]*$' },
                  message:
                    'must match pattern "' +
                    '^https://[A-Za-z0-9\\[][^\\s#@\\\\\\u0000-\\u0020\\u007f-\\uffff]*$' +
                    '"',
                };
                if (vErrors === null) {
                  vErrors = [err5];
                } else {
                  vErrors.push(err5);
                }
                errors++;
              }
            } else {
              const err6 = {
                instancePath: instancePath + '/url',
                schemaPath: '#/oneOf/0/properties/url/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
            }
          }
          if (data.urlSecret !== undefined) {
            let data2 = data.urlSecret;
            if (typeof data2 === 'string') {
              if (!pattern11.test(data2)) {
                const err7 = {
                  instancePath: instancePath + '/urlSecret',
                  schemaPath: '#/oneOf/0/properties/urlSecret/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' },
                  message: 'must match pattern "' + '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' + '"',
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
                instancePath: instancePath + '/urlSecret',
                schemaPath: '#/oneOf/0/properties/urlSecret/type',
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
          if (data.format !== undefined) {
            let data3 = data.format;
            if (typeof data3 !== 'string') {
              const err9 = {
                instancePath: instancePath + '/format',
                schemaPath: '#/oneOf/0/properties/format/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err9];
              } else {
                vErrors.push(err9);
              }
              errors++;
            }
            if (!(data3 === 'generic' || data3 === 'teams' || data3 === 'slack')) {
              const err10 = {
                instancePath: instancePath + '/format',
                schemaPath: '#/oneOf/0/properties/format/enum',
                keyword: 'enum',
                params: { allowedValues: schema32.oneOf[0].properties.format.enum },
                message: 'must be equal to one of the allowed values',
              };
              if (vErrors === null) {
                vErrors = [err10];
              } else {
                vErrors.push(err10);
              }
              errors++;
            }
          }
          if (data.secret !== undefined) {
            let data4 = data.secret;
            if (typeof data4 === 'string') {
              if (!pattern11.test(data4)) {
                const err11 = {
                  instancePath: instancePath + '/secret',
                  schemaPath: '#/oneOf/0/properties/secret/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' },
                  message: 'must match pattern "' + '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' + '"',
                };
                if (vErrors === null) {
                  vErrors = [err11];
                } else {
                  vErrors.push(err11);
                }
                errors++;
              }
            } else {
              const err12 = {
                instancePath: instancePath + '/secret',
                schemaPath: '#/oneOf/0/properties/secret/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err12];
              } else {
                vErrors.push(err12);
              }
              errors++;
            }
          }
          if (data.events !== undefined) {
            let data5 = data.events;
            if (Array.isArray(data5)) {
              if (data5.length < 1) {
                const err13 = {
                  instancePath: instancePath + '/events',
                  schemaPath: '#/oneOf/0/properties/events/minItems',
                  keyword: 'minItems',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 items',
                };
                if (vErrors === null) {
                  vErrors = [err13];
                } else {
                  vErrors.push(err13);
                }
                errors++;
              }
              const len0 = data5.length;
              for (let i0 = 0; i0 < len0; i0++) {
                let data6 = data5[i0];
                if (typeof data6 !== 'string') {
                  const err14 = {
                    instancePath: instancePath + '/events/' + i0,
                    schemaPath: '#/oneOf/0/properties/events/items/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  };
                  if (vErrors === null) {
                    vErrors = [err14];
                  } else {
                    vErrors.push(err14);
                  }
                  errors++;
                }
                if (!(
                  data6 === 'requested' ||
                  data6 === 'approved' ||
                  data6 === 'denied' ||
                  data6 === 'expired' ||
                  data6 === 'revoked' ||
                  data6 === 'completed'
                )) {
                  const err15 = {
                    instancePath: instancePath + '/events/' + i0,
                    schemaPath: '#/oneOf/0/properties/events/items/enum',
                    keyword: 'enum',
                    params: { allowedValues: schema32.oneOf[0].properties.events.items.enum },
                    message: 'must be equal to one of the allowed values',
                  };
                  if (vErrors === null) {
                    vErrors = [err15];
                  } else {
                    vErrors.push(err15);
                  }
                  errors++;
                }
              }
              let i1 = data5.length;
              let j0;
              if (i1 > 1) {
                const indices0 = {};
                for (; i1--;) {
                  let item0 = data5[i1];
                  if (typeof item0 !== 'string') {
                    continue;
                  }
                  if (typeof indices0[item0] == 'number') {
                    j0 = indices0[item0];
                    const err16 = {
                      instancePath: instancePath + '/events',
                      schemaPath: '#/oneOf/0/properties/events/uniqueItems',
                      keyword: 'uniqueItems',
                      params: { i: i1, j: j0 },
                      message: 'must NOT have duplicate items (items ## ' + j0 + ' and ' + i1 + ' are identical)',
                    };
                    if (vErrors === null) {
                      vErrors = [err16];
                    } else {
                      vErrors.push(err16);
                    }
                    errors++;
                    break;
                  }
                  indices0[item0] = i1;
                }
              }
            } else {
              const err17 = {
                instancePath: instancePath + '/events',
                schemaPath: '#/oneOf/0/properties/events/type',
                keyword: 'type',
                params: { type: 'array' },
                message: 'must be array',
              };
              if (vErrors === null) {
                vErrors = [err17];
              } else {
                vErrors.push(err17);
              }
              errors++;
            }
          }
        }
        var props0 = true;
      } else if (tag0 === 'mail') {
        if (data && typeof data == 'object' && !Array.isArray(data)) {
          if (data.kind === undefined) {
            const err18 = {
              instancePath,
              schemaPath: '#/oneOf/1/required',
              keyword: 'required',
              params: { missingProperty: 'kind' },
              message: "must have required property '" + 'kind' + "'",
            };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
          if (data.host === undefined) {
            const err19 = {
              instancePath,
              schemaPath: '#/oneOf/1/required',
              keyword: 'required',
              params: { missingProperty: 'host' },
              message: "must have required property '" + 'host' + "'",
            };
            if (vErrors === null) {
              vErrors = [err19];
            } else {
              vErrors.push(err19);
            }
            errors++;
          }
          if (data.from === undefined) {
            const err20 = {
              instancePath,
              schemaPath: '#/oneOf/1/required',
              keyword: 'required',
              params: { missingProperty: 'from' },
              message: "must have required property '" + 'from' + "'",
            };
            if (vErrors === null) {
              vErrors = [err20];
            } else {
              vErrors.push(err20);
            }
            errors++;
          }
          if (data.to === undefined) {
            const err21 = {
              instancePath,
              schemaPath: '#/oneOf/1/required',
              keyword: 'required',
              params: { missingProperty: 'to' },
              message: "must have required property '" + 'to' + "'",
            };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
          for (const key1 in data) {
            if (!func1.call(schema32.oneOf[1].properties, key1)) {
              const err22 = {
                instancePath,
                schemaPath: '#/oneOf/1/additionalProperties',
                keyword: 'additionalProperties',
                params: { additionalProperty: key1 },
                message: 'must NOT have additional properties',
              };
              if (vErrors === null) {
                vErrors = [err22];
              } else {
                vErrors.push(err22);
              }
              errors++;
            }
          }
          if (data.kind !== undefined) {
            if ('mail' !== data.kind) {
              const err23 = {
                instancePath: instancePath + '/kind',
                schemaPath: '#/oneOf/1/properties/kind/const',
                keyword: 'const',
                params: { allowedValue: 'mail' },
                message: 'must be equal to constant',
              };
              if (vErrors === null) {
                vErrors = [err23];
              } else {
                vErrors.push(err23);
              }
              errors++;
            }
          }
          if (data.host !== undefined) {
            let data8 = data.host;
            if (typeof data8 === 'string') {
              if (data8.length > 253) {
                const err24 = {
                  instancePath: instancePath + '/host',
                  schemaPath: '#/oneOf/1/properties/host/maxLength',
                  keyword: 'maxLength',
                  params: { limit: 253 },
                  message: 'must NOT have more than 253 characters',
                };
                if (vErrors === null) {
                  vErrors = [err24];
                } else {
                  vErrors.push(err24);
                }
                errors++;
              }
              if (!pattern13.test(data8)) {
                const err25 = {
                  instancePath: instancePath + '/host',
                  schemaPath: '#/oneOf/1/properties/host/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$' },
                  message: 'must match pattern "' + '^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$' + '"',
                };
                if (vErrors === null) {
                  vErrors = [err25];
                } else {
                  vErrors.push(err25);
                }
                errors++;
              }
            } else {
              const err26 = {
                instancePath: instancePath + '/host',
                schemaPath: '#/oneOf/1/properties/host/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err26];
              } else {
                vErrors.push(err26);
              }
              errors++;
            }
          }
          if (data.port !== undefined) {
            let data9 = data.port;
            if (!(typeof data9 == 'number' && !(data9 % 1) && !isNaN(data9) && isFinite(data9))) {
              const err27 = {
                instancePath: instancePath + '/port',
                schemaPath: '#/oneOf/1/properties/port/type',
                keyword: 'type',
                params: { type: 'integer' },
                message: 'must be integer',
              };
              if (vErrors === null) {
                vErrors = [err27];
              } else {
                vErrors.push(err27);
              }
              errors++;
            }
            if (typeof data9 == 'number' && isFinite(data9)) {
              if (data9 > 65535 || isNaN(data9)) {
                const err28 = {
                  instancePath: instancePath + '/port',
                  schemaPath: '#/oneOf/1/properties/port/maximum',
                  keyword: 'maximum',
                  params: { comparison: '<=', limit: 65535 },
                  message: 'must be <= 65535',
                };
                if (vErrors === null) {
                  vErrors = [err28];
                } else {
                  vErrors.push(err28);
                }
                errors++;
              }
              if (data9 < 1 || isNaN(data9)) {
                const err29 = {
                  instancePath: instancePath + '/port',
                  schemaPath: '#/oneOf/1/properties/port/minimum',
                  keyword: 'minimum',
                  params: { comparison: '>=', limit: 1 },
                  message: 'must be >= 1',
                };
                if (vErrors === null) {
                  vErrors = [err29];
                } else {
                  vErrors.push(err29);
                }
                errors++;
              }
            }
          }
          if (data.tls !== undefined) {
            let data10 = data.tls;
            if (typeof data10 !== 'string') {
              const err30 = {
                instancePath: instancePath + '/tls',
                schemaPath: '#/oneOf/1/properties/tls/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err30];
              } else {
                vErrors.push(err30);
              }
              errors++;
            }
            if (!(data10 === 'starttls' || data10 === 'implicit')) {
              const err31 = {
                instancePath: instancePath + '/tls',
                schemaPath: '#/oneOf/1/properties/tls/enum',
                keyword: 'enum',
                params: { allowedValues: schema32.oneOf[1].properties.tls.enum },
                message: 'must be equal to one of the allowed values',
              };
              if (vErrors === null) {
                vErrors = [err31];
              } else {
                vErrors.push(err31);
              }
              errors++;
            }
          }
          if (data.from !== undefined) {
            let data11 = data.from;
            if (typeof data11 === 'string') {
              if (data11.length > 254) {
                const err32 = {
                  instancePath: instancePath + '/from',
                  schemaPath: '#/oneOf/1/properties/from/maxLength',
                  keyword: 'maxLength',
                  params: { limit: 254 },
                  message: 'must NOT have more than 254 characters',
                };
                if (vErrors === null) {
                  vErrors = [err32];
                } else {
                  vErrors.push(err32);
                }
                errors++;
              }
              if (!pattern14.test(data11)) {
                const err33 = {
                  instancePath: instancePath + '/from',
                  schemaPath: '#/oneOf/1/properties/from/pattern',
                  keyword: 'pattern',
                  params: {
                    pattern:
                      '^[^\\s@<>,;:"()\\[\\]\\\\\\u0000-\\u0020\\u007f-\\u009f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$',
                  },
                  message:
                    'must match pattern "' +
                    '^[^\\s@<>,;:"()\\[\\]\\\\\\u0000-\\u0020\\u007f-\\u009f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$' +
                    '"',
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
                instancePath: instancePath + '/from',
                schemaPath: '#/oneOf/1/properties/from/type',
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
          if (data.to !== undefined) {
            let data12 = data.to;
            if (Array.isArray(data12)) {
              if (data12.length > 16) {
                const err35 = {
                  instancePath: instancePath + '/to',
                  schemaPath: '#/oneOf/1/properties/to/maxItems',
                  keyword: 'maxItems',
                  params: { limit: 16 },
                  message: 'must NOT have more than 16 items',
                };
                if (vErrors === null) {
                  vErrors = [err35];
                } else {
                  vErrors.push(err35);
                }
                errors++;
              }
              if (data12.length < 1) {
                const err36 = {
                  instancePath: instancePath + '/to',
                  schemaPath: '#/oneOf/1/properties/to/minItems',
                  keyword: 'minItems',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 items',
                };
                if (vErrors === null) {
                  vErrors = [err36];
                } else {
                  vErrors.push(err36);
                }
                errors++;
              }
              const len1 = data12.length;
              for (let i2 = 0; i2 < len1; i2++) {
                let data13 = data12[i2];
                if (typeof data13 === 'string') {
                  if (data13.length > 254) {
                    const err37 = {
                      instancePath: instancePath + '/to/' + i2,
                      schemaPath: '#/oneOf/1/properties/to/items/maxLength',
                      keyword: 'maxLength',
                      params: { limit: 254 },
                      message: 'must NOT have more than 254 characters',
                    };
                    if (vErrors === null) {
                      vErrors = [err37];
                    } else {
                      vErrors.push(err37);
                    }
                    errors++;
                  }
                  if (!pattern14.test(data13)) {
                    const err38 = {
                      instancePath: instancePath + '/to/' + i2,
                      schemaPath: '#/oneOf/1/properties/to/items/pattern',
                      keyword: 'pattern',
                      params: {
                        pattern:
                          '^[^\\s@<>,;:"()\\[\\]\\\\\\u0000-\\u0020\\u007f-\\u009f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$',
                      },
                      message:
                        'must match pattern "' +
                        '^[^\\s@<>,;:"()\\[\\]\\\\\\u0000-\\u0020\\u007f-\\u009f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$' +
                        '"',
                    };
                    if (vErrors === null) {
                      vErrors = [err38];
                    } else {
                      vErrors.push(err38);
                    }
                    errors++;
                  }
                } else {
                  const err39 = {
                    instancePath: instancePath + '/to/' + i2,
                    schemaPath: '#/oneOf/1/properties/to/items/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  };
                  if (vErrors === null) {
                    vErrors = [err39];
                  } else {
                    vErrors.push(err39);
                  }
                  errors++;
                }
              }
              let i3 = data12.length;
              let j1;
              if (i3 > 1) {
                const indices1 = {};
                for (; i3--;) {
                  let item1 = data12[i3];
                  if (typeof item1 !== 'string') {
                    continue;
                  }
                  if (typeof indices1[item1] == 'number') {
                    j1 = indices1[item1];
                    const err40 = {
                      instancePath: instancePath + '/to',
                      schemaPath: '#/oneOf/1/properties/to/uniqueItems',
                      keyword: 'uniqueItems',
                      params: { i: i3, j: j1 },
                      message: 'must NOT have duplicate items (items ## ' + j1 + ' and ' + i3 + ' are identical)',
                    };
                    if (vErrors === null) {
                      vErrors = [err40];
                    } else {
                      vErrors.push(err40);
                    }
                    errors++;
                    break;
                  }
                  indices1[item1] = i3;
                }
              }
            } else {
              const err41 = {
                instancePath: instancePath + '/to',
                schemaPath: '#/oneOf/1/properties/to/type',
                keyword: 'type',
                params: { type: 'array' },
                message: 'must be array',
              };
              if (vErrors === null) {
                vErrors = [err41];
              } else {
                vErrors.push(err41);
              }
              errors++;
            }
          }
          if (data.userName !== undefined) {
            let data14 = data.userName;
            if (typeof data14 === 'string') {
              if (data14.length > 254) {
                const err42 = {
                  instancePath: instancePath + '/userName',
                  schemaPath: '#/oneOf/1/properties/userName/maxLength',
                  keyword: 'maxLength',
                  params: { limit: 254 },
                  message: 'must NOT have more than 254 characters',
                };
                if (vErrors === null) {
                  vErrors = [err42];
                } else {
                  vErrors.push(err42);
                }
                errors++;
              }
              if (data14.length < 1) {
                const err43 = {
                  instancePath: instancePath + '/userName',
                  schemaPath: '#/oneOf/1/properties/userName/minLength',
                  keyword: 'minLength',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 characters',
                };
                if (vErrors === null) {
                  vErrors = [err43];
                } else {
                  vErrors.push(err43);
                }
                errors++;
              }
              if (!pattern16.test(data14)) {
                const err44 = {
                  instancePath: instancePath + '/userName',
                  schemaPath: '#/oneOf/1/properties/userName/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' },
                  message: 'must match pattern "' + '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' + '"',
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
                instancePath: instancePath + '/userName',
                schemaPath: '#/oneOf/1/properties/userName/type',
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
          if (data.secret !== undefined) {
            let data15 = data.secret;
            if (typeof data15 === 'string') {
              if (!pattern11.test(data15)) {
                const err46 = {
                  instancePath: instancePath + '/secret',
                  schemaPath: '#/oneOf/1/properties/secret/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' },
                  message: 'must match pattern "' + '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' + '"',
                };
                if (vErrors === null) {
                  vErrors = [err46];
                } else {
                  vErrors.push(err46);
                }
                errors++;
              }
            } else {
              const err47 = {
                instancePath: instancePath + '/secret',
                schemaPath: '#/oneOf/1/properties/secret/type',
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
          }
          if (data.events !== undefined) {
            let data16 = data.events;
            if (Array.isArray(data16)) {
              if (data16.length < 1) {
                const err48 = {
                  instancePath: instancePath + '/events',
                  schemaPath: '#/oneOf/1/properties/events/minItems',
                  keyword: 'minItems',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 items',
                };
                if (vErrors === null) {
                  vErrors = [err48];
                } else {
                  vErrors.push(err48);
                }
                errors++;
              }
              const len2 = data16.length;
              for (let i4 = 0; i4 < len2; i4++) {
                let data17 = data16[i4];
                if (typeof data17 !== 'string') {
                  const err49 = {
                    instancePath: instancePath + '/events/' + i4,
                    schemaPath: '#/oneOf/1/properties/events/items/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  };
                  if (vErrors === null) {
                    vErrors = [err49];
                  } else {
                    vErrors.push(err49);
                  }
                  errors++;
                }
                if (!(
                  data17 === 'requested' ||
                  data17 === 'approved' ||
                  data17 === 'denied' ||
                  data17 === 'expired' ||
                  data17 === 'revoked' ||
                  data17 === 'completed'
                )) {
                  const err50 = {
                    instancePath: instancePath + '/events/' + i4,
                    schemaPath: '#/oneOf/1/properties/events/items/enum',
                    keyword: 'enum',
                    params: { allowedValues: schema32.oneOf[1].properties.events.items.enum },
                    message: 'must be equal to one of the allowed values',
                  };
                  if (vErrors === null) {
                    vErrors = [err50];
                  } else {
                    vErrors.push(err50);
                  }
                  errors++;
                }
              }
              let i5 = data16.length;
              let j2;
              if (i5 > 1) {
                const indices2 = {};
                for (; i5--;) {
                  let item2 = data16[i5];
                  if (typeof item2 !== 'string') {
                    continue;
                  }
                  if (typeof indices2[item2] == 'number') {
                    j2 = indices2[item2];
                    const err51 = {
                      instancePath: instancePath + '/events',
                      schemaPath: '#/oneOf/1/properties/events/uniqueItems',
                      keyword: 'uniqueItems',
                      params: { i: i5, j: j2 },
                      message: 'must NOT have duplicate items (items ## ' + j2 + ' and ' + i5 + ' are identical)',
                    };
                    if (vErrors === null) {
                      vErrors = [err51];
                    } else {
                      vErrors.push(err51);
                    }
                    errors++;
                    break;
                  }
                  indices2[item2] = i5;
                }
              }
            } else {
              const err52 = {
                instancePath: instancePath + '/events',
                schemaPath: '#/oneOf/1/properties/events/type',
                keyword: 'type',
                params: { type: 'array' },
                message: 'must be array',
              };
              if (vErrors === null) {
                vErrors = [err52];
              } else {
                vErrors.push(err52);
              }
              errors++;
            }
          }
        }
        if (props0 !== true) {
          props0 = true;
        }
      } else if (tag0 === 'eventLog') {
        if (data && typeof data == 'object' && !Array.isArray(data)) {
          if (data.kind === undefined) {
            const err53 = {
              instancePath,
              schemaPath: '#/oneOf/2/required',
              keyword: 'required',
              params: { missingProperty: 'kind' },
              message: "must have required property '" + 'kind' + "'",
            };
            if (vErrors === null) {
              vErrors = [err53];
            } else {
              vErrors.push(err53);
            }
            errors++;
          }
          for (const key2 in data) {
            if (!(key2 === 'kind' || key2 === 'events')) {
              const err54 = {
                instancePath,
                schemaPath: '#/oneOf/2/additionalProperties',
                keyword: 'additionalProperties',
                params: { additionalProperty: key2 },
                message: 'must NOT have additional properties',
              };
              if (vErrors === null) {
                vErrors = [err54];
              } else {
                vErrors.push(err54);
              }
              errors++;
            }
          }
          if (data.kind !== undefined) {
            if ('eventLog' !== data.kind) {
              const err55 = {
                instancePath: instancePath + '/kind',
                schemaPath: '#/oneOf/2/properties/kind/const',
                keyword: 'const',
                params: { allowedValue: 'eventLog' },
                message: 'must be equal to constant',
              };
              if (vErrors === null) {
                vErrors = [err55];
              } else {
                vErrors.push(err55);
              }
              errors++;
            }
          }
          if (data.events !== undefined) {
            let data19 = data.events;
            if (Array.isArray(data19)) {
              if (data19.length < 1) {
                const err56 = {
                  instancePath: instancePath + '/events',
                  schemaPath: '#/oneOf/2/properties/events/minItems',
                  keyword: 'minItems',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 items',
                };
                if (vErrors === null) {
                  vErrors = [err56];
                } else {
                  vErrors.push(err56);
                }
                errors++;
              }
              const len3 = data19.length;
              for (let i6 = 0; i6 < len3; i6++) {
                let data20 = data19[i6];
                if (typeof data20 !== 'string') {
                  const err57 = {
                    instancePath: instancePath + '/events/' + i6,
                    schemaPath: '#/oneOf/2/properties/events/items/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  };
                  if (vErrors === null) {
                    vErrors = [err57];
                  } else {
                    vErrors.push(err57);
                  }
                  errors++;
                }
                if (!(
                  data20 === 'requested' ||
                  data20 === 'approved' ||
                  data20 === 'denied' ||
                  data20 === 'expired' ||
                  data20 === 'revoked' ||
                  data20 === 'completed'
                )) {
                  const err58 = {
                    instancePath: instancePath + '/events/' + i6,
                    schemaPath: '#/oneOf/2/properties/events/items/enum',
                    keyword: 'enum',
                    params: { allowedValues: schema32.oneOf[2].properties.events.items.enum },
                    message: 'must be equal to one of the allowed values',
                  };
                  if (vErrors === null) {
                    vErrors = [err58];
                  } else {
                    vErrors.push(err58);
                  }
                  errors++;
                }
              }
              let i7 = data19.length;
              let j3;
              if (i7 > 1) {
                const indices3 = {};
                for (; i7--;) {
                  let item3 = data19[i7];
                  if (typeof item3 !== 'string') {
                    continue;
                  }
                  if (typeof indices3[item3] == 'number') {
                    j3 = indices3[item3];
                    const err59 = {
                      instancePath: instancePath + '/events',
                      schemaPath: '#/oneOf/2/properties/events/uniqueItems',
                      keyword: 'uniqueItems',
                      params: { i: i7, j: j3 },
                      message: 'must NOT have duplicate items (items ## ' + j3 + ' and ' + i7 + ' are identical)',
                    };
                    if (vErrors === null) {
                      vErrors = [err59];
                    } else {
                      vErrors.push(err59);
                    }
                    errors++;
                    break;
                  }
                  indices3[item3] = i7;
                }
              }
            } else {
              const err60 = {
                instancePath: instancePath + '/events',
                schemaPath: '#/oneOf/2/properties/events/type',
                keyword: 'type',
                params: { type: 'array' },
                message: 'must be array',
              };
              if (vErrors === null) {
                vErrors = [err60];
              } else {
                vErrors.push(err60);
              }
              errors++;
            }
          }
        }
        if (props0 !== true) {
          props0 = true;
        }
      } else if (tag0 === 'folder') {
        if (data && typeof data == 'object' && !Array.isArray(data)) {
          if (data.kind === undefined) {
            const err61 = {
              instancePath,
              schemaPath: '#/oneOf/3/required',
              keyword: 'required',
              params: { missingProperty: 'kind' },
              message: "must have required property '" + 'kind' + "'",
            };
            if (vErrors === null) {
              vErrors = [err61];
            } else {
              vErrors.push(err61);
            }
            errors++;
          }
          if (data.path === undefined) {
            const err62 = {
              instancePath,
              schemaPath: '#/oneOf/3/required',
              keyword: 'required',
              params: { missingProperty: 'path' },
              message: "must have required property '" + 'path' + "'",
            };
            if (vErrors === null) {
              vErrors = [err62];
            } else {
              vErrors.push(err62);
            }
            errors++;
          }
          for (const key3 in data) {
            if (!(key3 === 'kind' || key3 === 'path' || key3 === 'events')) {
              const err63 = {
                instancePath,
                schemaPath: '#/oneOf/3/additionalProperties',
                keyword: 'additionalProperties',
                params: { additionalProperty: key3 },
                message: 'must NOT have additional properties',
              };
              if (vErrors === null) {
                vErrors = [err63];
              } else {
                vErrors.push(err63);
              }
              errors++;
            }
          }
          if (data.kind !== undefined) {
            if ('folder' !== data.kind) {
              const err64 = {
                instancePath: instancePath + '/kind',
                schemaPath: '#/oneOf/3/properties/kind/const',
                keyword: 'const',
                params: { allowedValue: 'folder' },
                message: 'must be equal to constant',
              };
              if (vErrors === null) {
                vErrors = [err64];
              } else {
                vErrors.push(err64);
              }
              errors++;
            }
          }
          if (data.path !== undefined) {
            let data22 = data.path;
            if (typeof data22 === 'string') {
              if (data22.length > 200) {
                const err65 = {
                  instancePath: instancePath + '/path',
                  schemaPath: '#/oneOf/3/properties/path/maxLength',
                  keyword: 'maxLength',
                  params: { limit: 200 },
                  message: 'must NOT have more than 200 characters',
                };
                if (vErrors === null) {
                  vErrors = [err65];
                } else {
                  vErrors.push(err65);
                }
                errors++;
              }
              if (!pattern18.test(data22)) {
                const err66 = {
                  instancePath: instancePath + '/path',
                  schemaPath: '#/oneOf/3/properties/path/pattern',
                  keyword: 'pattern',
                  params: {
                    pattern:
                      '^(?:[A-Za-z]:\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ]|\\\\\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ]\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ])(?:\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ])*\\\\?$',
                  },
                  message:
                    'must match pattern "' +
                    '^(?:[A-Za-z]:\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ]|\\\\\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ]\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ])(?:\\\\(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ])*\\\\?$' +
                    '"',
                };
                if (vErrors === null) {
                  vErrors = [err66];
                } else {
                  vErrors.push(err66);
                }
                errors++;
              }
            } else {
              const err67 = {
                instancePath: instancePath + '/path',
                schemaPath: '#/oneOf/3/properties/path/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err67];
              } else {
                vErrors.push(err67);
              }
              errors++;
            }
          }
          if (data.events !== undefined) {
            let data23 = data.events;
            if (Array.isArray(data23)) {
              if (data23.length < 1) {
                const err68 = {
                  instancePath: instancePath + '/events',
                  schemaPath: '#/oneOf/3/properties/events/minItems',
                  keyword: 'minItems',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 items',
                };
                if (vErrors === null) {
                  vErrors = [err68];
                } else {
                  vErrors.push(err68);
                }
                errors++;
              }
              const len4 = data23.length;
              for (let i8 = 0; i8 < len4; i8++) {
                let data24 = data23[i8];
                if (typeof data24 !== 'string') {
                  const err69 = {
                    instancePath: instancePath + '/events/' + i8,
                    schemaPath: '#/oneOf/3/properties/events/items/type',
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
                if (!(
                  data24 === 'requested' ||
                  data24 === 'approved' ||
                  data24 === 'denied' ||
                  data24 === 'expired' ||
                  data24 === 'revoked' ||
                  data24 === 'completed'
                )) {
                  const err70 = {
                    instancePath: instancePath + '/events/' + i8,
                    schemaPath: '#/oneOf/3/properties/events/items/enum',
                    keyword: 'enum',
                    params: { allowedValues: schema32.oneOf[3].properties.events.items.enum },
                    message: 'must be equal to one of the allowed values',
                  };
                  if (vErrors === null) {
                    vErrors = [err70];
                  } else {
                    vErrors.push(err70);
                  }
                  errors++;
                }
              }
              let i9 = data23.length;
              let j4;
              if (i9 > 1) {
                const indices4 = {};
                for (; i9--;) {
                  let item4 = data23[i9];
                  if (typeof item4 !== 'string') {
                    continue;
                  }
                  if (typeof indices4[item4] == 'number') {
                    j4 = indices4[item4];
                    const err71 = {
                      instancePath: instancePath + '/events',
                      schemaPath: '#/oneOf/3/properties/events/uniqueItems',
                      keyword: 'uniqueItems',
                      params: { i: i9, j: j4 },
                      message: 'must NOT have duplicate items (items ## ' + j4 + ' and ' + i9 + ' are identical)',
                    };
                    if (vErrors === null) {
                      vErrors = [err71];
                    } else {
                      vErrors.push(err71);
                    }
                    errors++;
                    break;
                  }
                  indices4[item4] = i9;
                }
              }
            } else {
              const err72 = {
                instancePath: instancePath + '/events',
                schemaPath: '#/oneOf/3/properties/events/type',
                keyword: 'type',
                params: { type: 'array' },
                message: 'must be array',
              };
              if (vErrors === null) {
                vErrors = [err72];
              } else {
                vErrors.push(err72);
              }
              errors++;
            }
          }
        }
        if (props0 !== true) {
          props0 = true;
        }
      } else if (tag0 === 'mqtt') {
        if (data && typeof data == 'object' && !Array.isArray(data)) {
          if (data.kind === undefined) {
            const err73 = {
              instancePath,
              schemaPath: '#/oneOf/4/required',
              keyword: 'required',
              params: { missingProperty: 'kind' },
              message: "must have required property '" + 'kind' + "'",
            };
            if (vErrors === null) {
              vErrors = [err73];
            } else {
              vErrors.push(err73);
            }
            errors++;
          }
          if (data.url === undefined) {
            const err74 = {
              instancePath,
              schemaPath: '#/oneOf/4/required',
              keyword: 'required',
              params: { missingProperty: 'url' },
              message: "must have required property '" + 'url' + "'",
            };
            if (vErrors === null) {
              vErrors = [err74];
            } else {
              vErrors.push(err74);
            }
            errors++;
          }
          for (const key4 in data) {
            if (!(
              key4 === 'kind' ||
              key4 === 'url' ||
              key4 === 'topicPrefix' ||
              key4 === 'userName' ||
              key4 === 'secret' ||
              key4 === 'certificate' ||
              key4 === 'caCertificates' ||
              key4 === 'events'
            )) {
              const err75 = {
                instancePath,
                schemaPath: '#/oneOf/4/additionalProperties',
                keyword: 'additionalProperties',
                params: { additionalProperty: key4 },
                message: 'must NOT have additional properties',
              };
              if (vErrors === null) {
                vErrors = [err75];
              } else {
                vErrors.push(err75);
              }
              errors++;
            }
          }
          if (data.kind !== undefined) {
            if ('mqtt' !== data.kind) {
              const err76 = {
                instancePath: instancePath + '/kind',
                schemaPath: '#/oneOf/4/properties/kind/const',
                keyword: 'const',
                params: { allowedValue: 'mqtt' },
                message: 'must be equal to constant',
              };
              if (vErrors === null) {
                vErrors = [err76];
              } else {
                vErrors.push(err76);
              }
              errors++;
            }
          }
          if (data.url !== undefined) {
            let data26 = data.url;
            if (typeof data26 === 'string') {
              if (data26.length > 260) {
                const err77 = {
                  instancePath: instancePath + '/url',
                  schemaPath: '#/oneOf/4/properties/url/maxLength',
                  keyword: 'maxLength',
                  params: { limit: 260 },
                  message: 'must NOT have more than 260 characters',
                };
                if (vErrors === null) {
                  vErrors = [err77];
                } else {
                  vErrors.push(err77);
                }
                errors++;
              }
              if (!pattern19.test(data26)) {
                const err78 = {
                  instancePath: instancePath + '/url',
                  schemaPath: '#/oneOf/4/properties/url/pattern',
                  keyword: 'pattern',
                  params: {
                    pattern:
                      '^mqtts://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?/?$',
                  },
                  message:
                    'must match pattern "' +
                    '^mqtts://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?/?$' +
                    '"',
                };
                if (vErrors === null) {
                  vErrors = [err78];
                } else {
                  vErrors.push(err78);
                }
                errors++;
              }
            } else {
              const err79 = {
                instancePath: instancePath + '/url',
                schemaPath: '#/oneOf/4/properties/url/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err79];
              } else {
                vErrors.push(err79);
              }
              errors++;
            }
          }
          if (data.topicPrefix !== undefined) {
            let data27 = data.topicPrefix;
            if (typeof data27 === 'string') {
              if (data27.length > 98) {
                const err80 = {
                  instancePath: instancePath + '/topicPrefix',
                  schemaPath: '#/oneOf/4/properties/topicPrefix/maxLength',
                  keyword: 'maxLength',
                  params: { limit: 98 },
                  message: 'must NOT have more than 98 characters',
                };
                if (vErrors === null) {
                  vErrors = [err80];
                } else {
                  vErrors.push(err80);
                }
                errors++;
              }
              if (!pattern20.test(data27)) {
                const err81 = {
                  instancePath: instancePath + '/topicPrefix',
                  schemaPath: '#/oneOf/4/properties/topicPrefix/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^[A-Za-z0-9._-]{1,32}(?:/[A-Za-z0-9._-]{1,32}){0,2}$' },
                  message: 'must match pattern "' + '^[A-Za-z0-9._-]{1,32}(?:/[A-Za-z0-9._-]{1,32}){0,2}$' + '"',
                };
                if (vErrors === null) {
                  vErrors = [err81];
                } else {
                  vErrors.push(err81);
                }
                errors++;
              }
            } else {
              const err82 = {
                instancePath: instancePath + '/topicPrefix',
                schemaPath: '#/oneOf/4/properties/topicPrefix/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err82];
              } else {
                vErrors.push(err82);
              }
              errors++;
            }
          }
          if (data.userName !== undefined) {
            let data28 = data.userName;
            if (typeof data28 === 'string') {
              if (data28.length > 254) {
                const err83 = {
                  instancePath: instancePath + '/userName',
                  schemaPath: '#/oneOf/4/properties/userName/maxLength',
                  keyword: 'maxLength',
                  params: { limit: 254 },
                  message: 'must NOT have more than 254 characters',
                };
                if (vErrors === null) {
                  vErrors = [err83];
                } else {
                  vErrors.push(err83);
                }
                errors++;
              }
              if (data28.length < 1) {
                const err84 = {
                  instancePath: instancePath + '/userName',
                  schemaPath: '#/oneOf/4/properties/userName/minLength',
                  keyword: 'minLength',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 characters',
                };
                if (vErrors === null) {
                  vErrors = [err84];
                } else {
                  vErrors.push(err84);
                }
                errors++;
              }
              if (!pattern16.test(data28)) {
                const err85 = {
                  instancePath: instancePath + '/userName',
                  schemaPath: '#/oneOf/4/properties/userName/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' },
                  message: 'must match pattern "' + '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' + '"',
                };
                if (vErrors === null) {
                  vErrors = [err85];
                } else {
                  vErrors.push(err85);
                }
                errors++;
              }
            } else {
              const err86 = {
                instancePath: instancePath + '/userName',
                schemaPath: '#/oneOf/4/properties/userName/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err86];
              } else {
                vErrors.push(err86);
              }
              errors++;
            }
          }
          if (data.secret !== undefined) {
            let data29 = data.secret;
            if (typeof data29 === 'string') {
              if (!pattern11.test(data29)) {
                const err87 = {
                  instancePath: instancePath + '/secret',
                  schemaPath: '#/oneOf/4/properties/secret/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' },
                  message: 'must match pattern "' + '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' + '"',
                };
                if (vErrors === null) {
                  vErrors = [err87];
                } else {
                  vErrors.push(err87);
                }
                errors++;
              }
            } else {
              const err88 = {
                instancePath: instancePath + '/secret',
                schemaPath: '#/oneOf/4/properties/secret/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err88];
              } else {
                vErrors.push(err88);
              }
              errors++;
            }
          }
          if (data.certificate !== undefined) {
            let data30 = data.certificate;
            if (typeof data30 === 'string') {
              if (!pattern11.test(data30)) {
                const err89 = {
                  instancePath: instancePath + '/certificate',
                  schemaPath: '#/oneOf/4/properties/certificate/pattern',
                  keyword: 'pattern',
                  params: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' },
                  message: 'must match pattern "' + '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' + '"',
                };
                if (vErrors === null) {
                  vErrors = [err89];
                } else {
                  vErrors.push(err89);
                }
                errors++;
              }
            } else {
              const err90 = {
                instancePath: instancePath + '/certificate',
                schemaPath: '#/oneOf/4/properties/certificate/type',
                keyword: 'type',
                params: { type: 'string' },
                message: 'must be string',
              };
              if (vErrors === null) {
                vErrors = [err90];
              } else {
                vErrors.push(err90);
              }
              errors++;
            }
          }
          if (data.caCertificates !== undefined) {
            let data31 = data.caCertificates;
            if (Array.isArray(data31)) {
              if (data31.length > 4) {
                const err91 = {
                  instancePath: instancePath + '/caCertificates',
                  schemaPath: '#/oneOf/4/properties/caCertificates/maxItems',
                  keyword: 'maxItems',
                  params: { limit: 4 },
                  message: 'must NOT have more than 4 items',
                };
                if (vErrors === null) {
                  vErrors = [err91];
                } else {
                  vErrors.push(err91);
                }
                errors++;
              }
              if (data31.length < 1) {
                const err92 = {
                  instancePath: instancePath + '/caCertificates',
                  schemaPath: '#/oneOf/4/properties/caCertificates/minItems',
                  keyword: 'minItems',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 items',
                };
                if (vErrors === null) {
                  vErrors = [err92];
                } else {
                  vErrors.push(err92);
                }
                errors++;
              }
              const len5 = data31.length;
              for (let i10 = 0; i10 < len5; i10++) {
                let data32 = data31[i10];
                if (typeof data32 === 'string') {
                  if (data32.length > 8192) {
                    const err93 = {
                      instancePath: instancePath + '/caCertificates/' + i10,
                      schemaPath: '#/oneOf/4/properties/caCertificates/items/maxLength',
                      keyword: 'maxLength',
                      params: { limit: 8192 },
                      message: 'must NOT have more than 8192 characters',
                    };
                    if (vErrors === null) {
                      vErrors = [err93];
                    } else {
                      vErrors.push(err93);
                    }
                    errors++;
                  }
                  if (!pattern24.test(data32)) {
                    const err94 = {
                      instancePath: instancePath + '/caCertificates/' + i10,
                      schemaPath: '#/oneOf/4/properties/caCertificates/items/pattern',
                      keyword: 'pattern',
                      params: { pattern: '^[A-Za-z0-9+/]+={0,2}$' },
                      message: 'must match pattern "' + '^[A-Za-z0-9+/]+={0,2}$' + '"',
                    };
                    if (vErrors === null) {
                      vErrors = [err94];
                    } else {
                      vErrors.push(err94);
                    }
                    errors++;
                  }
                } else {
                  const err95 = {
                    instancePath: instancePath + '/caCertificates/' + i10,
                    schemaPath: '#/oneOf/4/properties/caCertificates/items/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  };
                  if (vErrors === null) {
                    vErrors = [err95];
                  } else {
                    vErrors.push(err95);
                  }
                  errors++;
                }
              }
              let i11 = data31.length;
              let j5;
              if (i11 > 1) {
                const indices5 = {};
                for (; i11--;) {
                  let item5 = data31[i11];
                  if (typeof item5 !== 'string') {
                    continue;
                  }
                  if (typeof indices5[item5] == 'number') {
                    j5 = indices5[item5];
                    const err96 = {
                      instancePath: instancePath + '/caCertificates',
                      schemaPath: '#/oneOf/4/properties/caCertificates/uniqueItems',
                      keyword: 'uniqueItems',
                      params: { i: i11, j: j5 },
                      message: 'must NOT have duplicate items (items ## ' + j5 + ' and ' + i11 + ' are identical)',
                    };
                    if (vErrors === null) {
                      vErrors = [err96];
                    } else {
                      vErrors.push(err96);
                    }
                    errors++;
                    break;
                  }
                  indices5[item5] = i11;
                }
              }
            } else {
              const err97 = {
                instancePath: instancePath + '/caCertificates',
                schemaPath: '#/oneOf/4/properties/caCertificates/type',
                keyword: 'type',
                params: { type: 'array' },
                message: 'must be array',
              };
              if (vErrors === null) {
                vErrors = [err97];
              } else {
                vErrors.push(err97);
              }
              errors++;
            }
          }
          if (data.events !== undefined) {
            let data33 = data.events;
            if (Array.isArray(data33)) {
              if (data33.length < 1) {
                const err98 = {
                  instancePath: instancePath + '/events',
                  schemaPath: '#/oneOf/4/properties/events/minItems',
                  keyword: 'minItems',
                  params: { limit: 1 },
                  message: 'must NOT have fewer than 1 items',
                };
                if (vErrors === null) {
                  vErrors = [err98];
                } else {
                  vErrors.push(err98);
                }
                errors++;
              }
              const len6 = data33.length;
              for (let i12 = 0; i12 < len6; i12++) {
                let data34 = data33[i12];
                if (typeof data34 !== 'string') {
                  const err99 = {
                    instancePath: instancePath + '/events/' + i12,
                    schemaPath: '#/oneOf/4/properties/events/items/type',
                    keyword: 'type',
                    params: { type: 'string' },
                    message: 'must be string',
                  };
                  if (vErrors === null) {
                    vErrors = [err99];
                  } else {
                    vErrors.push(err99);
                  }
                  errors++;
                }
                if (!(
                  data34 === 'requested' ||
                  data34 === 'approved' ||
                  data34 === 'denied' ||
                  data34 === 'expired' ||
                  data34 === 'revoked' ||
                  data34 === 'completed'
                )) {
                  const err100 = {
                    instancePath: instancePath + '/events/' + i12,
                    schemaPath: '#/oneOf/4/properties/events/items/enum',
                    keyword: 'enum',
                    params: { allowedValues: schema32.oneOf[4].properties.events.items.enum },
                    message: 'must be equal to one of the allowed values',
                  };
                  if (vErrors === null) {
                    vErrors = [err100];
                  } else {
                    vErrors.push(err100);
                  }
                  errors++;
                }
              }
              let i13 = data33.length;
              let j6;
              if (i13 > 1) {
                const indices6 = {};
                for (; i13--;) {
                  let item6 = data33[i13];
                  if (typeof item6 !== 'string') {
                    continue;
                  }
                  if (typeof indices6[item6] == 'number') {
                    j6 = indices6[item6];
                    const err101 = {
                      instancePath: instancePath + '/events',
                      schemaPath: '#/oneOf/4/properties/events/uniqueItems',
                      keyword: 'uniqueItems',
                      params: { i: i13, j: j6 },
                      message: 'must NOT have duplicate items (items ## ' + j6 + ' and ' + i13 + ' are identical)',
                    };
                    if (vErrors === null) {
                      vErrors = [err101];
                    } else {
                      vErrors.push(err101);
                    }
                    errors++;
                    break;
                  }
                  indices6[item6] = i13;
                }
              }
            } else {
              const err102 = {
                instancePath: instancePath + '/events',
                schemaPath: '#/oneOf/4/properties/events/type',
                keyword: 'type',
                params: { type: 'array' },
                message: 'must be array',
              };
              if (vErrors === null) {
                vErrors = [err102];
              } else {
                vErrors.push(err102);
              }
              errors++;
            }
          }
        }
        if (props0 !== true) {
          props0 = true;
        }
      } else {
        const err103 = {
          instancePath,
          schemaPath: '#/discriminator',
          keyword: 'discriminator',
          params: { error: 'mapping', tag: 'kind', tagValue: tag0 },
          message: 'value of tag "kind" must be in oneOf',
        };
        if (vErrors === null) {
          vErrors = [err103];
        } else {
          vErrors.push(err103);
        }
        errors++;
      }
    } else {
      const err104 = {
        instancePath,
        schemaPath: '#/discriminator',
        keyword: 'discriminator',
        params: { error: 'tag', tag: 'kind', tagValue: tag0 },
        message: 'tag "kind" must be string',
      };
      if (vErrors === null) {
        vErrors = [err104];
      } else {
        vErrors.push(err104);
      }
      errors++;
    }
  } else {
    const err105 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err105];
    } else {
      vErrors.push(err105);
    }
    errors++;
  }
  validate21.errors = vErrors;
  evaluated0.props = props0;
  return errors === 0;
}
validate21.evaluated = { dynamicProps: true, dynamicItems: false };

export const validateRule = validate22;
const schema33 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:epm:rule:1',
  title: 'EPM elevation rule',
  type: 'object',
  properties: {
    name: {
      title: 'Name',
      description:
        'Identifies the rule in its policy, the audit and messages. In the registry it is the name of the value.',
      type: 'string',
      minLength: 1,
      maxLength: 255,
      pattern: '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$',
    },
    description: {
      title: 'Description',
      description: 'For administrators; has no effect.',
      type: 'string',
      maxLength: 1024,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    type: {
      title: 'Elevation type',
      description: 'What the rule does with a file it matches.',
      type: 'string',
      enum: ['automatic', 'userConfirmed', 'currentUser', 'supportApproved', 'deny'],
    },
    validations: {
      title: 'Validation',
      description: 'What a person must give besides the confirmation. Counts for `userConfirmed` and `currentUser`.',
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', enum: ['justification', 'authentication'] },
    },
    childProcesses: {
      title: 'Child processes',
      description: 'What programs the elevated program may start.',
      type: 'string',
      enum: ['requireRule', 'deny', 'allow'],
    },
    userWritableFile: {
      title: 'Files that users may write',
      description: 'As the setting of the same name, for this rule.',
      type: 'string',
      enum: ['refuse', 'copy'],
    },
    workingDirectory: {
      title: 'Working directory',
      description:
        'Where the program starts: in the system folder, or in the folder that the request names, if the requester may list it and nobody else without administrator rights may write it. Whoever may write that folder can put files and libraries there that the program finds by a name without a path.',
      type: 'string',
      enum: ['system', 'request'],
    },
    activeFrom: {
      title: 'Active from',
      description:
        'When the rule begins to match, by the local time of the device: `2026-12-24T08:00`, or `2026-12-24` for the beginning of that day.',
      type: 'string',
      maxLength: 32,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    activeUntil: {
      title: 'Active until',
      description:
        'When the rule ceases to match, by the local time of the device: at `2026-12-24T18:00` it is over; `2026-12-24` is the end of that day. A program that runs by then goes on.',
      type: 'string',
      maxLength: 32,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    activeHours: {
      title: 'Active hours',
      description:
        'Days and hours at which the rule matches, by the local time of the device: `Mon-Fri 08:00-18:00`, `Sat,Sun` for whole days, `22:00-06:00` for every night. Hours over midnight belong to the day on which they begin. A rule of type `deny` denies only within them.',
      type: 'array',
      maxItems: 32,
      items: { type: 'string', maxLength: 64, pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
    },
    keepPrivileges: {
      title: 'Privileges that are kept',
      description:
        'What stays in the token although privileges are reduced, by the names Windows has for them. Has no effect where they are not reduced.',
      type: 'array',
      uniqueItems: true,
      items: {
        type: 'string',
        enum: [
          'SeBackupPrivilege',
          'SeDebugPrivilege',
          'SeDelegateSessionUserImpersonatePrivilege',
          'SeImpersonatePrivilege',
          'SeLoadDriverPrivilege',
          'SeManageVolumePrivilege',
          'SeRestorePrivilege',
          'SeSecurityPrivilege',
          'SeSystemEnvironmentPrivilege',
          'SeTakeOwnershipPrivilege',
        ],
      },
    },
    fileName: {
      title: 'File name',
      description: 'Name with extension. `*` and `?` are wildcards, not in the extension and not in automatic rules.',
      type: 'string',
      maxLength: 255,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    filePath: {
      title: 'File path',
      description: 'Folder of the file, without its name. It may start with a variable such as `%ProgramFiles%`.',
      type: 'string',
      maxLength: 1024,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    fileHash: {
      title: 'File hash',
      description: 'SHA-256, SHA-384 or SHA-512 of the file in hexadecimal, as Get-FileHash prints it.',
      type: 'string',
      maxLength: 160,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    certificate: {
      title: 'Certificate',
      description:
        'Certificate of a good signature of the file: its `type` and either `sha256`, the SHA-256 of the certificate (DER) in hexadecimal, or `name`, an entry of `certificates`.',
      type: 'object',
      properties: {
        type: { type: 'string', enum: ['publisher', 'issuingAuthority'] },
        sha256: { type: 'string', pattern: '^\\s*[0-9A-Fa-f]{64}\\s*$' },
        name: {
          type: 'string',
          minLength: 1,
          maxLength: 255,
          pattern: '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$',
        },
      },
      required: ['type'],
      oneOf: [{ required: ['sha256'] }, { required: ['name'] }],
      additionalProperties: false,
    },
    minimumVersion: {
      title: 'Minimum version',
      description: 'Lowest file version that matches, one to four numbers with dots.',
      type: 'string',
      maxLength: 64,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    fileDescription: {
      title: 'File description',
      description: 'File description in the version resource of the file.',
      type: 'string',
      maxLength: 1024,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    productName: {
      title: 'Product name',
      description: 'Product name in the version resource of the file.',
      type: 'string',
      maxLength: 1024,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    internalName: {
      title: 'Internal name',
      description: 'Internal name in the version resource of the file.',
      type: 'string',
      maxLength: 1024,
      pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$',
    },
    arguments: {
      title: 'Argument list',
      description:
        'Allowed command lines after the program name, each compared as a whole and with case. Never put a secret here.',
      type: 'array',
      maxItems: 256,
      items: { type: 'string', maxLength: 8191, pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
    },
    requireArguments: {
      title: 'Require arguments',
      description: 'A call without arguments does not match either; otherwise it always does.',
      type: 'boolean',
    },
    allowInterpreter: {
      title: 'Allow interpreter',
      description: 'The author knows that the rule elevates an interpreter or a shell; silences the warning.',
      type: 'boolean',
    },
    acceptTimestamped: {
      title: 'Accept timestamped signatures',
      description: 'As the setting of the same name, for this rule.',
      type: 'boolean',
    },
    runInPlace: {
      title: 'Run in place',
      description:
        'The program starts where it lies although people without administrator rights may write its folder, if they may not write the file itself. Whoever puts a library beside it then runs code as administrator.',
      type: 'boolean',
    },
    libraryGate: {
      title: 'Library gate',
      description:
        'A process of the program ends, before the first instruction of the library, when it loads one that lies where people without administrator rights may write. Taken are libraries that only the isolated account of the program can change, and those that the certificate of the rule signs, if these people may not write the file itself.',
      type: 'boolean',
    },
    copyFolder: {
      title: 'Copy folder',
      description:
        'For installers of several `.exe` files, libraries and data: where the program runs from a protected copy, what lies in its folder is copied too, at most 5,000 files and 2 GiB. Holds the library gate; of the copied libraries only those are loaded that the certificate of the rule signs.',
      type: 'boolean',
    },
    ownDesktop: {
      title: 'Own desktop',
      description:
        'The program runs on a desktop of its own, which no program of the user can reach, and which the user does not see: for programs without windows. It takes no input from the requester.',
      type: 'boolean',
    },
    showUserFolders: {
      title: 'Show folders of the user',
      description:
        'Desktop, Documents and Downloads of the isolated account lead to those folders in the profile of the person who asked, so that the program opens and saves files there. A program that is elevated as the current user has them anyway.',
      type: 'boolean',
    },
    reducedPrivileges: {
      title: 'Reduced privileges',
      description: 'As the setting of the same name, for this rule.',
      type: 'boolean',
    },
  },
  required: ['name', 'type'],
  additionalProperties: false,
};
const pattern25 = new RegExp(
  '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$',
  'u',
);
const pattern33 = new RegExp('^\\s*[0-9A-Fa-f]{64}\\s*$', 'u');

function validate22(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {},
) {
  /*# sourceURL="urn:epm:rule:1" */ let vErrors = null;
  let errors = 0;
  const evaluated0 = validate22.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = undefined;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = undefined;
  }
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    if (data.name === undefined) {
      const err0 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'name' },
        message: "must have required property '" + 'name' + "'",
      };
      if (vErrors === null) {
        vErrors = [err0];
      } else {
        vErrors.push(err0);
      }
      errors++;
    }
    if (data.type === undefined) {
      const err1 = {
        instancePath,
        schemaPath: '#/required',
        keyword: 'required',
        params: { missingProperty: 'type' },
        message: "must have required property '" + 'type' + "'",
      };
      if (vErrors === null) {
        vErrors = [err1];
      } else {
        vErrors.push(err1);
      }
      errors++;
    }
    for (const key0 in data) {
      if (!func1.call(schema33.properties, key0)) {
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
    if (data.name !== undefined) {
      let data0 = data.name;
      if (typeof data0 === 'string') {
        if (data0.length > 255) {
          const err3 = {
            instancePath: instancePath + '/name',
            schemaPath: '#/properties/name/maxLength',
            keyword: 'maxLength',
            params: { limit: 255 },
            message: 'must NOT have more than 255 characters',
          };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        if (data0.length < 1) {
          const err4 = {
            instancePath: instancePath + '/name',
            schemaPath: '#/properties/name/minLength',
            keyword: 'minLength',
            params: { limit: 1 },
            message: 'must NOT have fewer than 1 characters',
          };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (!pattern25.test(data0)) {
          const err5 = {
            instancePath: instancePath + '/name',
            schemaPath: '#/properties/name/pattern',
            keyword: 'pattern',
            params: { pattern: '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$' },
            message:
              'must match pattern "' +
              '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$' +
              '"',
          };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      } else {
        const err6 = {
          instancePath: instancePath + '/name',
          schemaPath: '#/properties/name/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.description !== undefined) {
      let data1 = data.description;
      if (typeof data1 === 'string') {
        if (data1.length > 1024) {
          const err7 = {
            instancePath: instancePath + '/description',
            schemaPath: '#/properties/description/maxLength',
            keyword: 'maxLength',
            params: { limit: 1024 },
            message: 'must NOT have more than 1024 characters',
          };
          if (vErrors === null) {
            vErrors = [err7];
          } else {
            vErrors.push(err7);
          }
          errors++;
        }
        if (!pattern6.test(data1)) {
          const err8 = {
            instancePath: instancePath + '/description',
            schemaPath: '#/properties/description/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
          };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
      } else {
        const err9 = {
          instancePath: instancePath + '/description',
          schemaPath: '#/properties/description/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.type !== undefined) {
      let data2 = data.type;
      if (typeof data2 !== 'string') {
        const err10 = {
          instancePath: instancePath + '/type',
          schemaPath: '#/properties/type/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
      if (!(
        data2 === 'automatic' ||
        data2 === 'userConfirmed' ||
        data2 === 'currentUser' ||
        data2 === 'supportApproved' ||
        data2 === 'deny'
      )) {
        const err11 = {
          instancePath: instancePath + '/type',
          schemaPath: '#/properties/type/enum',
          keyword: 'enum',
          params: { allowedValues: schema33.properties.type.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.validations !== undefined) {
      let data3 = data.validations;
      if (Array.isArray(data3)) {
        const len0 = data3.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data4 = data3[i0];
          if (typeof data4 !== 'string') {
            const err12 = {
              instancePath: instancePath + '/validations/' + i0,
              schemaPath: '#/properties/validations/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
          if (!(data4 === 'justification' || data4 === 'authentication')) {
            const err13 = {
              instancePath: instancePath + '/validations/' + i0,
              schemaPath: '#/properties/validations/items/enum',
              keyword: 'enum',
              params: { allowedValues: schema33.properties.validations.items.enum },
              message: 'must be equal to one of the allowed values',
            };
            if (vErrors === null) {
              vErrors = [err13];
            } else {
              vErrors.push(err13);
            }
            errors++;
          }
        }
        let i1 = data3.length;
        let j0;
        if (i1 > 1) {
          const indices0 = {};
          for (; i1--;) {
            let item0 = data3[i1];
            if (typeof item0 !== 'string') {
              continue;
            }
            if (typeof indices0[item0] == 'number') {
              j0 = indices0[item0];
              const err14 = {
                instancePath: instancePath + '/validations',
                schemaPath: '#/properties/validations/uniqueItems',
                keyword: 'uniqueItems',
                params: { i: i1, j: j0 },
                message: 'must NOT have duplicate items (items ## ' + j0 + ' and ' + i1 + ' are identical)',
              };
              if (vErrors === null) {
                vErrors = [err14];
              } else {
                vErrors.push(err14);
              }
              errors++;
              break;
            }
            indices0[item0] = i1;
          }
        }
      } else {
        const err15 = {
          instancePath: instancePath + '/validations',
          schemaPath: '#/properties/validations/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.childProcesses !== undefined) {
      let data5 = data.childProcesses;
      if (typeof data5 !== 'string') {
        const err16 = {
          instancePath: instancePath + '/childProcesses',
          schemaPath: '#/properties/childProcesses/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
      if (!(data5 === 'requireRule' || data5 === 'deny' || data5 === 'allow')) {
        const err17 = {
          instancePath: instancePath + '/childProcesses',
          schemaPath: '#/properties/childProcesses/enum',
          keyword: 'enum',
          params: { allowedValues: schema33.properties.childProcesses.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.userWritableFile !== undefined) {
      let data6 = data.userWritableFile;
      if (typeof data6 !== 'string') {
        const err18 = {
          instancePath: instancePath + '/userWritableFile',
          schemaPath: '#/properties/userWritableFile/type',
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
      if (!(data6 === 'refuse' || data6 === 'copy')) {
        const err19 = {
          instancePath: instancePath + '/userWritableFile',
          schemaPath: '#/properties/userWritableFile/enum',
          keyword: 'enum',
          params: { allowedValues: schema33.properties.userWritableFile.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.workingDirectory !== undefined) {
      let data7 = data.workingDirectory;
      if (typeof data7 !== 'string') {
        const err20 = {
          instancePath: instancePath + '/workingDirectory',
          schemaPath: '#/properties/workingDirectory/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err20];
        } else {
          vErrors.push(err20);
        }
        errors++;
      }
      if (!(data7 === 'system' || data7 === 'request')) {
        const err21 = {
          instancePath: instancePath + '/workingDirectory',
          schemaPath: '#/properties/workingDirectory/enum',
          keyword: 'enum',
          params: { allowedValues: schema33.properties.workingDirectory.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.activeFrom !== undefined) {
      let data8 = data.activeFrom;
      if (typeof data8 === 'string') {
        if (data8.length > 32) {
          const err22 = {
            instancePath: instancePath + '/activeFrom',
            schemaPath: '#/properties/activeFrom/maxLength',
            keyword: 'maxLength',
            params: { limit: 32 },
            message: 'must NOT have more than 32 characters',
          };
          if (vErrors === null) {
            vErrors = [err22];
          } else {
            vErrors.push(err22);
          }
          errors++;
        }
        if (!pattern6.test(data8)) {
          const err23 = {
            instancePath: instancePath + '/activeFrom',
            schemaPath: '#/properties/activeFrom/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
          };
          if (vErrors === null) {
            vErrors = [err23];
          } else {
            vErrors.push(err23);
          }
          errors++;
        }
      } else {
        const err24 = {
          instancePath: instancePath + '/activeFrom',
          schemaPath: '#/properties/activeFrom/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
    if (data.activeUntil !== undefined) {
      let data9 = data.activeUntil;
      if (typeof data9 === 'string') {
        if (data9.length > 32) {
          const err25 = {
            instancePath: instancePath + '/activeUntil',
            schemaPath: '#/properties/activeUntil/maxLength',
            keyword: 'maxLength',
            params: { limit: 32 },
            message: 'must NOT have more than 32 characters',
          };
          if (vErrors === null) {
            vErrors = [err25];
          } else {
            vErrors.push(err25);
          }
          errors++;
        }
        if (!pattern6.test(data9)) {
          const err26 = {
            instancePath: instancePath + '/activeUntil',
            schemaPath: '#/properties/activeUntil/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
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
          instancePath: instancePath + '/activeUntil',
          schemaPath: '#/properties/activeUntil/type',
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
    if (data.activeHours !== undefined) {
      let data10 = data.activeHours;
      if (Array.isArray(data10)) {
        if (data10.length > 32) {
          const err28 = {
            instancePath: instancePath + '/activeHours',
            schemaPath: '#/properties/activeHours/maxItems',
            keyword: 'maxItems',
            params: { limit: 32 },
            message: 'must NOT have more than 32 items',
          };
          if (vErrors === null) {
            vErrors = [err28];
          } else {
            vErrors.push(err28);
          }
          errors++;
        }
        const len1 = data10.length;
        for (let i2 = 0; i2 < len1; i2++) {
          let data11 = data10[i2];
          if (typeof data11 === 'string') {
            if (data11.length > 64) {
              const err29 = {
                instancePath: instancePath + '/activeHours/' + i2,
                schemaPath: '#/properties/activeHours/items/maxLength',
                keyword: 'maxLength',
                params: { limit: 64 },
                message: 'must NOT have more than 64 characters',
              };
              if (vErrors === null) {
                vErrors = [err29];
              } else {
                vErrors.push(err29);
              }
              errors++;
            }
            if (!pattern6.test(data11)) {
              const err30 = {
                instancePath: instancePath + '/activeHours/' + i2,
                schemaPath: '#/properties/activeHours/items/pattern',
                keyword: 'pattern',
                params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
                message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
              };
              if (vErrors === null) {
                vErrors = [err30];
              } else {
                vErrors.push(err30);
              }
              errors++;
            }
          } else {
            const err31 = {
              instancePath: instancePath + '/activeHours/' + i2,
              schemaPath: '#/properties/activeHours/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err31];
            } else {
              vErrors.push(err31);
            }
            errors++;
          }
        }
      } else {
        const err32 = {
          instancePath: instancePath + '/activeHours',
          schemaPath: '#/properties/activeHours/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err32];
        } else {
          vErrors.push(err32);
        }
        errors++;
      }
    }
    if (data.keepPrivileges !== undefined) {
      let data12 = data.keepPrivileges;
      if (Array.isArray(data12)) {
        const len2 = data12.length;
        for (let i3 = 0; i3 < len2; i3++) {
          let data13 = data12[i3];
          if (typeof data13 !== 'string') {
            const err33 = {
              instancePath: instancePath + '/keepPrivileges/' + i3,
              schemaPath: '#/properties/keepPrivileges/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err33];
            } else {
              vErrors.push(err33);
            }
            errors++;
          }
          if (!(
            data13 === 'SeBackupPrivilege' ||
            data13 === 'SeDebugPrivilege' ||
            data13 === 'SeDelegateSessionUserImpersonatePrivilege' ||
            data13 === 'SeImpersonatePrivilege' ||
            data13 === 'SeLoadDriverPrivilege' ||
            data13 === 'SeManageVolumePrivilege' ||
            data13 === 'SeRestorePrivilege' ||
            data13 === 'SeSecurityPrivilege' ||
            data13 === 'SeSystemEnvironmentPrivilege' ||
            data13 === 'SeTakeOwnershipPrivilege'
          )) {
            const err34 = {
              instancePath: instancePath + '/keepPrivileges/' + i3,
              schemaPath: '#/properties/keepPrivileges/items/enum',
              keyword: 'enum',
              params: { allowedValues: schema33.properties.keepPrivileges.items.enum },
              message: 'must be equal to one of the allowed values',
            };
            if (vErrors === null) {
              vErrors = [err34];
            } else {
              vErrors.push(err34);
            }
            errors++;
          }
        }
        let i4 = data12.length;
        let j1;
        if (i4 > 1) {
          const indices1 = {};
          for (; i4--;) {
            let item1 = data12[i4];
            if (typeof item1 !== 'string') {
              continue;
            }
            if (typeof indices1[item1] == 'number') {
              j1 = indices1[item1];
              const err35 = {
                instancePath: instancePath + '/keepPrivileges',
                schemaPath: '#/properties/keepPrivileges/uniqueItems',
                keyword: 'uniqueItems',
                params: { i: i4, j: j1 },
                message: 'must NOT have duplicate items (items ## ' + j1 + ' and ' + i4 + ' are identical)',
              };
              if (vErrors === null) {
                vErrors = [err35];
              } else {
                vErrors.push(err35);
              }
              errors++;
              break;
            }
            indices1[item1] = i4;
          }
        }
      } else {
        const err36 = {
          instancePath: instancePath + '/keepPrivileges',
          schemaPath: '#/properties/keepPrivileges/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err36];
        } else {
          vErrors.push(err36);
        }
        errors++;
      }
    }
    if (data.fileName !== undefined) {
      let data14 = data.fileName;
      if (typeof data14 === 'string') {
        if (data14.length > 255) {
          const err37 = {
            instancePath: instancePath + '/fileName',
            schemaPath: '#/properties/fileName/maxLength',
            keyword: 'maxLength',
            params: { limit: 255 },
            message: 'must NOT have more than 255 characters',
          };
          if (vErrors === null) {
            vErrors = [err37];
          } else {
            vErrors.push(err37);
          }
          errors++;
        }
        if (!pattern6.test(data14)) {
          const err38 = {
            instancePath: instancePath + '/fileName',
            schemaPath: '#/properties/fileName/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
          };
          if (vErrors === null) {
            vErrors = [err38];
          } else {
            vErrors.push(err38);
          }
          errors++;
        }
      } else {
        const err39 = {
          instancePath: instancePath + '/fileName',
          schemaPath: '#/properties/fileName/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err39];
        } else {
          vErrors.push(err39);
        }
        errors++;
      }
    }
    if (data.filePath !== undefined) {
      let data15 = data.filePath;
      if (typeof data15 === 'string') {
        if (data15.length > 1024) {
          const err40 = {
            instancePath: instancePath + '/filePath',
            schemaPath: '#/properties/filePath/maxLength',
            keyword: 'maxLength',
            params: { limit: 1024 },
            message: 'must NOT have more than 1024 characters',
          };
          if (vErrors === null) {
            vErrors = [err40];
          } else {
            vErrors.push(err40);
          }
          errors++;
        }
        if (!pattern6.test(data15)) {
          const err41 = {
            instancePath: instancePath + '/filePath',
            schemaPath: '#/properties/filePath/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
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
          instancePath: instancePath + '/filePath',
          schemaPath: '#/properties/filePath/type',
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
    if (data.fileHash !== undefined) {
      let data16 = data.fileHash;
      if (typeof data16 === 'string') {
        if (data16.length > 160) {
          const err43 = {
            instancePath: instancePath + '/fileHash',
            schemaPath: '#/properties/fileHash/maxLength',
            keyword: 'maxLength',
            params: { limit: 160 },
            message: 'must NOT have more than 160 characters',
          };
          if (vErrors === null) {
            vErrors = [err43];
          } else {
            vErrors.push(err43);
          }
          errors++;
        }
        if (!pattern6.test(data16)) {
          const err44 = {
            instancePath: instancePath + '/fileHash',
            schemaPath: '#/properties/fileHash/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
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
          instancePath: instancePath + '/fileHash',
          schemaPath: '#/properties/fileHash/type',
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
    if (data.certificate !== undefined) {
      let data17 = data.certificate;
      const _errs38 = errors;
      let valid9 = false;
      let passing0 = null;
      const _errs39 = errors;
      if (data17 && typeof data17 == 'object' && !Array.isArray(data17)) {
        if (data17.sha256 === undefined) {
          const err46 = {
            instancePath: instancePath + '/certificate',
            schemaPath: '#/properties/certificate/oneOf/0/required',
            keyword: 'required',
            params: { missingProperty: 'sha256' },
            message: "must have required property '" + 'sha256' + "'",
          };
          if (vErrors === null) {
            vErrors = [err46];
          } else {
            vErrors.push(err46);
          }
          errors++;
        }
      }
      var _valid0 = _errs39 === errors;
      if (_valid0) {
        valid9 = true;
        passing0 = 0;
      }
      const _errs40 = errors;
      if (data17 && typeof data17 == 'object' && !Array.isArray(data17)) {
        if (data17.name === undefined) {
          const err47 = {
            instancePath: instancePath + '/certificate',
            schemaPath: '#/properties/certificate/oneOf/1/required',
            keyword: 'required',
            params: { missingProperty: 'name' },
            message: "must have required property '" + 'name' + "'",
          };
          if (vErrors === null) {
            vErrors = [err47];
          } else {
            vErrors.push(err47);
          }
          errors++;
        }
      }
      var _valid0 = _errs40 === errors;
      if (_valid0 && valid9) {
        valid9 = false;
        passing0 = [passing0, 1];
      } else {
        if (_valid0) {
          valid9 = true;
          passing0 = 1;
        }
      }
      if (!valid9) {
        const err48 = {
          instancePath: instancePath + '/certificate',
          schemaPath: '#/properties/certificate/oneOf',
          keyword: 'oneOf',
          params: { passingSchemas: passing0 },
          message: 'must match exactly one schema in oneOf',
        };
        if (vErrors === null) {
          vErrors = [err48];
        } else {
          vErrors.push(err48);
        }
        errors++;
      } else {
        errors = _errs38;
        if (vErrors !== null) {
          if (_errs38) {
            vErrors.length = _errs38;
          } else {
            vErrors = null;
          }
        }
      }
      if (data17 && typeof data17 == 'object' && !Array.isArray(data17)) {
        if (data17.type === undefined) {
          const err49 = {
            instancePath: instancePath + '/certificate',
            schemaPath: '#/properties/certificate/required',
            keyword: 'required',
            params: { missingProperty: 'type' },
            message: "must have required property '" + 'type' + "'",
          };
          if (vErrors === null) {
            vErrors = [err49];
          } else {
            vErrors.push(err49);
          }
          errors++;
        }
        for (const key1 in data17) {
          if (!(key1 === 'type' || key1 === 'sha256' || key1 === 'name')) {
            const err50 = {
              instancePath: instancePath + '/certificate',
              schemaPath: '#/properties/certificate/additionalProperties',
              keyword: 'additionalProperties',
              params: { additionalProperty: key1 },
              message: 'must NOT have additional properties',
            };
            if (vErrors === null) {
              vErrors = [err50];
            } else {
              vErrors.push(err50);
            }
            errors++;
          }
        }
        if (data17.type !== undefined) {
          let data18 = data17.type;
          if (typeof data18 !== 'string') {
            const err51 = {
              instancePath: instancePath + '/certificate/type',
              schemaPath: '#/properties/certificate/properties/type/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err51];
            } else {
              vErrors.push(err51);
            }
            errors++;
          }
          if (!(data18 === 'publisher' || data18 === 'issuingAuthority')) {
            const err52 = {
              instancePath: instancePath + '/certificate/type',
              schemaPath: '#/properties/certificate/properties/type/enum',
              keyword: 'enum',
              params: { allowedValues: schema33.properties.certificate.properties.type.enum },
              message: 'must be equal to one of the allowed values',
            };
            if (vErrors === null) {
              vErrors = [err52];
            } else {
              vErrors.push(err52);
            }
            errors++;
          }
        }
        if (data17.sha256 !== undefined) {
          let data19 = data17.sha256;
          if (typeof data19 === 'string') {
            if (!pattern33.test(data19)) {
              const err53 = {
                instancePath: instancePath + '/certificate/sha256',
                schemaPath: '#/properties/certificate/properties/sha256/pattern',
                keyword: 'pattern',
                params: { pattern: '^\\s*[0-9A-Fa-f]{64}\\s*$' },
                message: 'must match pattern "' + '^\\s*[0-9A-Fa-f]{64}\\s*$' + '"',
              };
              if (vErrors === null) {
                vErrors = [err53];
              } else {
                vErrors.push(err53);
              }
              errors++;
            }
          } else {
            const err54 = {
              instancePath: instancePath + '/certificate/sha256',
              schemaPath: '#/properties/certificate/properties/sha256/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err54];
            } else {
              vErrors.push(err54);
            }
            errors++;
          }
        }
        if (data17.name !== undefined) {
          let data20 = data17.name;
          if (typeof data20 === 'string') {
            if (data20.length > 255) {
              const err55 = {
                instancePath: instancePath + '/certificate/name',
                schemaPath: '#/properties/certificate/properties/name/maxLength',
                keyword: 'maxLength',
                params: { limit: 255 },
                message: 'must NOT have more than 255 characters',
              };
              if (vErrors === null) {
                vErrors = [err55];
              } else {
                vErrors.push(err55);
              }
              errors++;
            }
            if (data20.length < 1) {
              const err56 = {
                instancePath: instancePath + '/certificate/name',
                schemaPath: '#/properties/certificate/properties/name/minLength',
                keyword: 'minLength',
                params: { limit: 1 },
                message: 'must NOT have fewer than 1 characters',
              };
              if (vErrors === null) {
                vErrors = [err56];
              } else {
                vErrors.push(err56);
              }
              errors++;
            }
            if (!pattern25.test(data20)) {
              const err57 = {
                instancePath: instancePath + '/certificate/name',
                schemaPath: '#/properties/certificate/properties/name/pattern',
                keyword: 'pattern',
                params: {
                  pattern: '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$',
                },
                message:
                  'must match pattern "' +
                  '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$' +
                  '"',
              };
              if (vErrors === null) {
                vErrors = [err57];
              } else {
                vErrors.push(err57);
              }
              errors++;
            }
          } else {
            const err58 = {
              instancePath: instancePath + '/certificate/name',
              schemaPath: '#/properties/certificate/properties/name/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err58];
            } else {
              vErrors.push(err58);
            }
            errors++;
          }
        }
      } else {
        const err59 = {
          instancePath: instancePath + '/certificate',
          schemaPath: '#/properties/certificate/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err59];
        } else {
          vErrors.push(err59);
        }
        errors++;
      }
    }
    if (data.minimumVersion !== undefined) {
      let data21 = data.minimumVersion;
      if (typeof data21 === 'string') {
        if (data21.length > 64) {
          const err60 = {
            instancePath: instancePath + '/minimumVersion',
            schemaPath: '#/properties/minimumVersion/maxLength',
            keyword: 'maxLength',
            params: { limit: 64 },
            message: 'must NOT have more than 64 characters',
          };
          if (vErrors === null) {
            vErrors = [err60];
          } else {
            vErrors.push(err60);
          }
          errors++;
        }
        if (!pattern6.test(data21)) {
          const err61 = {
            instancePath: instancePath + '/minimumVersion',
            schemaPath: '#/properties/minimumVersion/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
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
          instancePath: instancePath + '/minimumVersion',
          schemaPath: '#/properties/minimumVersion/type',
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
    if (data.fileDescription !== undefined) {
      let data22 = data.fileDescription;
      if (typeof data22 === 'string') {
        if (data22.length > 1024) {
          const err63 = {
            instancePath: instancePath + '/fileDescription',
            schemaPath: '#/properties/fileDescription/maxLength',
            keyword: 'maxLength',
            params: { limit: 1024 },
            message: 'must NOT have more than 1024 characters',
          };
          if (vErrors === null) {
            vErrors = [err63];
          } else {
            vErrors.push(err63);
          }
          errors++;
        }
        if (!pattern6.test(data22)) {
          const err64 = {
            instancePath: instancePath + '/fileDescription',
            schemaPath: '#/properties/fileDescription/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
          };
          if (vErrors === null) {
            vErrors = [err64];
          } else {
            vErrors.push(err64);
          }
          errors++;
        }
      } else {
        const err65 = {
          instancePath: instancePath + '/fileDescription',
          schemaPath: '#/properties/fileDescription/type',
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
    }
    if (data.productName !== undefined) {
      let data23 = data.productName;
      if (typeof data23 === 'string') {
        if (data23.length > 1024) {
          const err66 = {
            instancePath: instancePath + '/productName',
            schemaPath: '#/properties/productName/maxLength',
            keyword: 'maxLength',
            params: { limit: 1024 },
            message: 'must NOT have more than 1024 characters',
          };
          if (vErrors === null) {
            vErrors = [err66];
          } else {
            vErrors.push(err66);
          }
          errors++;
        }
        if (!pattern6.test(data23)) {
          const err67 = {
            instancePath: instancePath + '/productName',
            schemaPath: '#/properties/productName/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
          };
          if (vErrors === null) {
            vErrors = [err67];
          } else {
            vErrors.push(err67);
          }
          errors++;
        }
      } else {
        const err68 = {
          instancePath: instancePath + '/productName',
          schemaPath: '#/properties/productName/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err68];
        } else {
          vErrors.push(err68);
        }
        errors++;
      }
    }
    if (data.internalName !== undefined) {
      let data24 = data.internalName;
      if (typeof data24 === 'string') {
        if (data24.length > 1024) {
          const err69 = {
            instancePath: instancePath + '/internalName',
            schemaPath: '#/properties/internalName/maxLength',
            keyword: 'maxLength',
            params: { limit: 1024 },
            message: 'must NOT have more than 1024 characters',
          };
          if (vErrors === null) {
            vErrors = [err69];
          } else {
            vErrors.push(err69);
          }
          errors++;
        }
        if (!pattern6.test(data24)) {
          const err70 = {
            instancePath: instancePath + '/internalName',
            schemaPath: '#/properties/internalName/pattern',
            keyword: 'pattern',
            params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
            message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
          };
          if (vErrors === null) {
            vErrors = [err70];
          } else {
            vErrors.push(err70);
          }
          errors++;
        }
      } else {
        const err71 = {
          instancePath: instancePath + '/internalName',
          schemaPath: '#/properties/internalName/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err71];
        } else {
          vErrors.push(err71);
        }
        errors++;
      }
    }
    if (data.arguments !== undefined) {
      let data25 = data.arguments;
      if (Array.isArray(data25)) {
        if (data25.length > 256) {
          const err72 = {
            instancePath: instancePath + '/arguments',
            schemaPath: '#/properties/arguments/maxItems',
            keyword: 'maxItems',
            params: { limit: 256 },
            message: 'must NOT have more than 256 items',
          };
          if (vErrors === null) {
            vErrors = [err72];
          } else {
            vErrors.push(err72);
          }
          errors++;
        }
        const len3 = data25.length;
        for (let i5 = 0; i5 < len3; i5++) {
          let data26 = data25[i5];
          if (typeof data26 === 'string') {
            if (data26.length > 8191) {
              const err73 = {
                instancePath: instancePath + '/arguments/' + i5,
                schemaPath: '#/properties/arguments/items/maxLength',
                keyword: 'maxLength',
                params: { limit: 8191 },
                message: 'must NOT have more than 8191 characters',
              };
              if (vErrors === null) {
                vErrors = [err73];
              } else {
                vErrors.push(err73);
              }
              errors++;
            }
            if (!pattern6.test(data26)) {
              const err74 = {
                instancePath: instancePath + '/arguments/' + i5,
                schemaPath: '#/properties/arguments/items/pattern',
                keyword: 'pattern',
                params: { pattern: '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' },
                message: 'must match pattern "' + '^[^\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f]*$' + '"',
              };
              if (vErrors === null) {
                vErrors = [err74];
              } else {
                vErrors.push(err74);
              }
              errors++;
            }
          } else {
            const err75 = {
              instancePath: instancePath + '/arguments/' + i5,
              schemaPath: '#/properties/arguments/items/type',
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
        }
      } else {
        const err76 = {
          instancePath: instancePath + '/arguments',
          schemaPath: '#/properties/arguments/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err76];
        } else {
          vErrors.push(err76);
        }
        errors++;
      }
    }
    if (data.requireArguments !== undefined) {
      if (typeof data.requireArguments !== 'boolean') {
        const err77 = {
          instancePath: instancePath + '/requireArguments',
          schemaPath: '#/properties/requireArguments/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err77];
        } else {
          vErrors.push(err77);
        }
        errors++;
      }
    }
    if (data.allowInterpreter !== undefined) {
      if (typeof data.allowInterpreter !== 'boolean') {
        const err78 = {
          instancePath: instancePath + '/allowInterpreter',
          schemaPath: '#/properties/allowInterpreter/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err78];
        } else {
          vErrors.push(err78);
        }
        errors++;
      }
    }
    if (data.acceptTimestamped !== undefined) {
      if (typeof data.acceptTimestamped !== 'boolean') {
        const err79 = {
          instancePath: instancePath + '/acceptTimestamped',
          schemaPath: '#/properties/acceptTimestamped/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err79];
        } else {
          vErrors.push(err79);
        }
        errors++;
      }
    }
    if (data.runInPlace !== undefined) {
      if (typeof data.runInPlace !== 'boolean') {
        const err80 = {
          instancePath: instancePath + '/runInPlace',
          schemaPath: '#/properties/runInPlace/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err80];
        } else {
          vErrors.push(err80);
        }
        errors++;
      }
    }
    if (data.libraryGate !== undefined) {
      if (typeof data.libraryGate !== 'boolean') {
        const err81 = {
          instancePath: instancePath + '/libraryGate',
          schemaPath: '#/properties/libraryGate/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err81];
        } else {
          vErrors.push(err81);
        }
        errors++;
      }
    }
    if (data.copyFolder !== undefined) {
      if (typeof data.copyFolder !== 'boolean') {
        const err82 = {
          instancePath: instancePath + '/copyFolder',
          schemaPath: '#/properties/copyFolder/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err82];
        } else {
          vErrors.push(err82);
        }
        errors++;
      }
    }
    if (data.ownDesktop !== undefined) {
      if (typeof data.ownDesktop !== 'boolean') {
        const err83 = {
          instancePath: instancePath + '/ownDesktop',
          schemaPath: '#/properties/ownDesktop/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err83];
        } else {
          vErrors.push(err83);
        }
        errors++;
      }
    }
    if (data.showUserFolders !== undefined) {
      if (typeof data.showUserFolders !== 'boolean') {
        const err84 = {
          instancePath: instancePath + '/showUserFolders',
          schemaPath: '#/properties/showUserFolders/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err84];
        } else {
          vErrors.push(err84);
        }
        errors++;
      }
    }
    if (data.reducedPrivileges !== undefined) {
      if (typeof data.reducedPrivileges !== 'boolean') {
        const err85 = {
          instancePath: instancePath + '/reducedPrivileges',
          schemaPath: '#/properties/reducedPrivileges/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
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
      instancePath,
      schemaPath: '#/type',
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
  validate22.errors = vErrors;
  return errors === 0;
}
validate22.evaluated = { props: true, dynamicProps: false, dynamicItems: false };

export const validateSettings = validate23;
const schema34 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:epm:settings:1',
  title: 'EPM elevation settings',
  type: 'object',
  properties: {
    enabled: {
      title: 'Elevation management',
      description:
        'Turns EPM on or off for the device, or for the user. While it is off nothing is elevated. When one policy enables it and another disables it, it is on.',
      type: 'boolean',
    },
    defaultElevationResponse: {
      title: 'Default elevation response',
      description:
        'What happens when a person asks to elevate a file that no rule matches. "Require user confirmation" lets people elevate almost any file; prefer one of the other two.',
      type: 'string',
      enum: ['denyAll', 'requireUserConfirmation', 'requireSupportApproval'],
    },
    defaultValidations: {
      title: 'Validation of the default response',
      description:
        'What a person must give, besides a confirmation, when the default response is "Require user confirmation".',
      type: 'array',
      uniqueItems: true,
      items: { type: 'string', enum: ['justification', 'authentication'] },
    },
    allowElevationDetection: {
      title: 'Detect elevation requests',
      description:
        'A program that somebody starts as always, that asks Windows for administrator rights and that a rule names is judged by the rules, as if the person had asked EPM. Where no rule fits, Windows asks as always. Only programs whose file name a rule says without wildcards are seen.',
      type: 'boolean',
    },
    sendData: {
      title: 'Send elevation data for reporting',
      description: 'Whether elevation data may leave the device. The local audit journal is always written.',
      type: 'boolean',
    },
    reportingScope: {
      title: 'Reporting scope',
      description: 'Which elevations are reported when data may be sent.',
      type: 'string',
      enum: ['diagnosticOnly', 'managedElevations', 'allElevations'],
    },
    revocationUnknown: {
      title: 'Certificates whose revocation is unknown',
      description: 'Whether a certificate counts while its revocation cannot be checked, for example offline.',
      type: 'string',
      enum: ['refuse', 'accept'],
    },
    manageAdministrators: {
      title: 'Manage administrators',
      description:
        'Members of Administrators are treated like everyone else, deny rules included. Otherwise EPM leaves them alone.',
      type: 'boolean',
    },
    denyReachesChildren: {
      title: 'Deny rules reach child processes',
      description: 'A deny rule also ends the child of an elevated program whose rule allows all child processes.',
      type: 'boolean',
    },
    denyEscapeTools: {
      title: 'End known escape tools',
      description:
        'Ends shells, interpreters and administrative tools that an elevated program starts, unless an automatic rule names the tool.',
      type: 'boolean',
    },
    blockInternetFiles: {
      title: 'Block files from the internet',
      description: 'A file that carries the mark of the web is not elevated.',
      type: 'boolean',
    },
    acceptTimestamped: {
      title: 'Accept timestamped signatures',
      description:
        'A signature whose certificate has expired still counts when a trusted timestamp shows that it was valid at signing.',
      type: 'boolean',
    },
    userWritableFile: {
      title: 'Files that users may write',
      description:
        'What becomes of a file that people without administrator rights may write, or whose folder they may write. A protected copy has none of the files that lie beside the original.',
      type: 'string',
      enum: ['refuse', 'copy'],
    },
    reducedPrivileges: {
      title: 'Reduced privileges',
      description:
        'Privileges that reach beyond files and settings of the machine, such as those to debug, load drivers, back up, restore and take ownership, are removed from the token of elevated programs. Installers and driver updates may need them; a rule can keep some, or all. Otherwise an elevated program has every privilege that Windows gives administrators.',
      type: 'boolean',
    },
    secureConsent: {
      title: 'Secure consent',
      description:
        'Confirmation, justification and credentials count only when they are given in the window of the agent, which then runs under an isolated account without administrator rights, on a desktop of its own that programs of the person can neither see nor answer. What a client sends is no consent then. Where the window cannot be shown, nothing is elevated that a person would have to answer.',
      type: 'boolean',
    },
    accountScope: {
      title: 'Isolated accounts',
      description:
        'Which elevations share an isolated account. The narrower the scope, the less one elevated program can leave for another to find; with one for each elevation no program finds its settings again.',
      type: 'string',
      enum: ['launch', 'userAndRule', 'user'],
    },
    maximumFileSize: {
      title: 'Maximum file size',
      description:
        'A larger file is not read and not elevated, so that nobody can keep the agent busy with one. In mebibytes (1,048,576 bytes).',
      type: 'integer',
      minimum: 1,
      maximum: 1048576,
    },
    maximumElevationsPerDay: {
      title: 'Elevations a day',
      description:
        'How many programs one person may elevate in a day, by the local time of the device. What is more is denied until the next day begins; programs that run go on.',
      type: 'integer',
      minimum: 1,
      maximum: 10000,
    },
    maximumElevatedMinutesPerDay: {
      title: 'Elevated minutes a day',
      description:
        'For how many minutes of a day one person may have elevated programs, by the local time of the device; programs that run at the same time count once. When they are used up, nothing more is elevated until the next day begins; programs that run go on.',
      type: 'integer',
      minimum: 1,
      maximum: 1440,
    },
    fourEyes: {
      title: 'Four eyes',
      description: 'An approval counts only when somebody else than the person who asked has given it.',
      type: 'boolean',
    },
    requestsFrom: {
      title: 'Who may ask for support approval',
      description: 'Whether every user of the device may ask for a support approval, or its primary user only.',
      type: 'string',
      enum: ['primaryUser', 'anyUser'],
    },
    notifyUser: {
      title: 'Tell users of answers',
      description:
        'A window tells a person who asked for a support approval that it was given, denied or taken back, or is over, when it happens and they are signed in. Otherwise they are told at their next attempt only.',
      type: 'boolean',
    },
    deviceGroups: {
      title: 'Device groups',
      description:
        'Names of groups that the device belongs to. An approver whose key has the right can approve a file for all devices of such a group. Names of several policies add up.',
      type: 'array',
      minItems: 1,
      maxItems: 64,
      items: { type: 'string', maxLength: 128, pattern: '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' },
    },
    journalDays: {
      title: 'Days of the audit journal',
      description:
        'Records of the audit journal that are older are removed. Only policies of the device count: the journal is one for everybody. Of different numbers the larger one holds.',
      type: 'integer',
      minimum: 1,
      maximum: 3650,
    },
    additionalInterpreters: {
      title: 'Additional interpreters',
      description:
        'Programs that run what their arguments say, besides those EPM knows: file names with or without ".exe", without a folder. A rule that is automatic or names no file, and the default response, elevate such a program only with an argument list that allows the arguments. Names of several policies add up.',
      type: 'array',
      minItems: 1,
      maxItems: 64,
      items: {
        type: 'string',
        maxLength: 64,
        pattern: '^(?!\\p{Z})[^\\p{C}\\\\/:*?"<>|]*[^\\p{C}\\p{Z}\\\\/:*?"<>|.]$',
      },
    },
    promptInstructions: {
      title: 'Instructions in the consent window',
      description:
        'What people are to know before they answer, one paragraph each, as plain text. Paragraphs of several policies stand one after the other.',
      type: 'array',
      minItems: 1,
      maxItems: 4,
      items: { type: 'string', maxLength: 500, pattern: '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' },
    },
    supportContact: {
      title: 'Support contact',
      description:
        'How people reach support, one line each, as plain text: the consent window shows it beside a denial and a request for approval.',
      type: 'array',
      minItems: 1,
      maxItems: 4,
      items: { type: 'string', maxLength: 200, pattern: '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' },
    },
    cannedReasons: {
      title: 'Reasons to choose from',
      description:
        'Reasons that people can choose in the consent window instead of writing one. They can still write another.',
      type: 'array',
      minItems: 1,
      maxItems: 20,
      items: { type: 'string', maxLength: 256, pattern: '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' },
    },
  },
  additionalProperties: false,
};
const pattern40 = new RegExp('^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$', 'u');
const pattern41 = new RegExp('^(?!\\p{Z})[^\\p{C}\\\\/:*?"<>|]*[^\\p{C}\\p{Z}\\\\/:*?"<>|.]$', 'u');

function validate23(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {},
) {
  /*# sourceURL="urn:epm:settings:1" */ let vErrors = null;
  let errors = 0;
  const evaluated0 = validate23.evaluated;
  if (evaluated0.dynamicProps) {
    evaluated0.props = undefined;
  }
  if (evaluated0.dynamicItems) {
    evaluated0.items = undefined;
  }
  if (data && typeof data == 'object' && !Array.isArray(data)) {
    for (const key0 in data) {
      if (!func1.call(schema34.properties, key0)) {
        const err0 = {
          instancePath,
          schemaPath: '#/additionalProperties',
          keyword: 'additionalProperties',
          params: { additionalProperty: key0 },
          message: 'must NOT have additional properties',
        };
        if (vErrors === null) {
          vErrors = [err0];
        } else {
          vErrors.push(err0);
        }
        errors++;
      }
    }
    if (data.enabled !== undefined) {
      if (typeof data.enabled !== 'boolean') {
        const err1 = {
          instancePath: instancePath + '/enabled',
          schemaPath: '#/properties/enabled/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.defaultElevationResponse !== undefined) {
      let data1 = data.defaultElevationResponse;
      if (typeof data1 !== 'string') {
        const err2 = {
          instancePath: instancePath + '/defaultElevationResponse',
          schemaPath: '#/properties/defaultElevationResponse/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
      if (!(data1 === 'denyAll' || data1 === 'requireUserConfirmation' || data1 === 'requireSupportApproval')) {
        const err3 = {
          instancePath: instancePath + '/defaultElevationResponse',
          schemaPath: '#/properties/defaultElevationResponse/enum',
          keyword: 'enum',
          params: { allowedValues: schema34.properties.defaultElevationResponse.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err3];
        } else {
          vErrors.push(err3);
        }
        errors++;
      }
    }
    if (data.defaultValidations !== undefined) {
      let data2 = data.defaultValidations;
      if (Array.isArray(data2)) {
        const len0 = data2.length;
        for (let i0 = 0; i0 < len0; i0++) {
          let data3 = data2[i0];
          if (typeof data3 !== 'string') {
            const err4 = {
              instancePath: instancePath + '/defaultValidations/' + i0,
              schemaPath: '#/properties/defaultValidations/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err4];
            } else {
              vErrors.push(err4);
            }
            errors++;
          }
          if (!(data3 === 'justification' || data3 === 'authentication')) {
            const err5 = {
              instancePath: instancePath + '/defaultValidations/' + i0,
              schemaPath: '#/properties/defaultValidations/items/enum',
              keyword: 'enum',
              params: { allowedValues: schema34.properties.defaultValidations.items.enum },
              message: 'must be equal to one of the allowed values',
            };
            if (vErrors === null) {
              vErrors = [err5];
            } else {
              vErrors.push(err5);
            }
            errors++;
          }
        }
        let i1 = data2.length;
        let j0;
        if (i1 > 1) {
          const indices0 = {};
          for (; i1--;) {
            let item0 = data2[i1];
            if (typeof item0 !== 'string') {
              continue;
            }
            if (typeof indices0[item0] == 'number') {
              j0 = indices0[item0];
              const err6 = {
                instancePath: instancePath + '/defaultValidations',
                schemaPath: '#/properties/defaultValidations/uniqueItems',
                keyword: 'uniqueItems',
                params: { i: i1, j: j0 },
                message: 'must NOT have duplicate items (items ## ' + j0 + ' and ' + i1 + ' are identical)',
              };
              if (vErrors === null) {
                vErrors = [err6];
              } else {
                vErrors.push(err6);
              }
              errors++;
              break;
            }
            indices0[item0] = i1;
          }
        }
      } else {
        const err7 = {
          instancePath: instancePath + '/defaultValidations',
          schemaPath: '#/properties/defaultValidations/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.allowElevationDetection !== undefined) {
      if (typeof data.allowElevationDetection !== 'boolean') {
        const err8 = {
          instancePath: instancePath + '/allowElevationDetection',
          schemaPath: '#/properties/allowElevationDetection/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err8];
        } else {
          vErrors.push(err8);
        }
        errors++;
      }
    }
    if (data.sendData !== undefined) {
      if (typeof data.sendData !== 'boolean') {
        const err9 = {
          instancePath: instancePath + '/sendData',
          schemaPath: '#/properties/sendData/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err9];
        } else {
          vErrors.push(err9);
        }
        errors++;
      }
    }
    if (data.reportingScope !== undefined) {
      let data6 = data.reportingScope;
      if (typeof data6 !== 'string') {
        const err10 = {
          instancePath: instancePath + '/reportingScope',
          schemaPath: '#/properties/reportingScope/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
      if (!(data6 === 'diagnosticOnly' || data6 === 'managedElevations' || data6 === 'allElevations')) {
        const err11 = {
          instancePath: instancePath + '/reportingScope',
          schemaPath: '#/properties/reportingScope/enum',
          keyword: 'enum',
          params: { allowedValues: schema34.properties.reportingScope.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err11];
        } else {
          vErrors.push(err11);
        }
        errors++;
      }
    }
    if (data.revocationUnknown !== undefined) {
      let data7 = data.revocationUnknown;
      if (typeof data7 !== 'string') {
        const err12 = {
          instancePath: instancePath + '/revocationUnknown',
          schemaPath: '#/properties/revocationUnknown/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err12];
        } else {
          vErrors.push(err12);
        }
        errors++;
      }
      if (!(data7 === 'refuse' || data7 === 'accept')) {
        const err13 = {
          instancePath: instancePath + '/revocationUnknown',
          schemaPath: '#/properties/revocationUnknown/enum',
          keyword: 'enum',
          params: { allowedValues: schema34.properties.revocationUnknown.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.manageAdministrators !== undefined) {
      if (typeof data.manageAdministrators !== 'boolean') {
        const err14 = {
          instancePath: instancePath + '/manageAdministrators',
          schemaPath: '#/properties/manageAdministrators/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err14];
        } else {
          vErrors.push(err14);
        }
        errors++;
      }
    }
    if (data.denyReachesChildren !== undefined) {
      if (typeof data.denyReachesChildren !== 'boolean') {
        const err15 = {
          instancePath: instancePath + '/denyReachesChildren',
          schemaPath: '#/properties/denyReachesChildren/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err15];
        } else {
          vErrors.push(err15);
        }
        errors++;
      }
    }
    if (data.denyEscapeTools !== undefined) {
      if (typeof data.denyEscapeTools !== 'boolean') {
        const err16 = {
          instancePath: instancePath + '/denyEscapeTools',
          schemaPath: '#/properties/denyEscapeTools/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.blockInternetFiles !== undefined) {
      if (typeof data.blockInternetFiles !== 'boolean') {
        const err17 = {
          instancePath: instancePath + '/blockInternetFiles',
          schemaPath: '#/properties/blockInternetFiles/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err17];
        } else {
          vErrors.push(err17);
        }
        errors++;
      }
    }
    if (data.acceptTimestamped !== undefined) {
      if (typeof data.acceptTimestamped !== 'boolean') {
        const err18 = {
          instancePath: instancePath + '/acceptTimestamped',
          schemaPath: '#/properties/acceptTimestamped/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err18];
        } else {
          vErrors.push(err18);
        }
        errors++;
      }
    }
    if (data.userWritableFile !== undefined) {
      let data13 = data.userWritableFile;
      if (typeof data13 !== 'string') {
        const err19 = {
          instancePath: instancePath + '/userWritableFile',
          schemaPath: '#/properties/userWritableFile/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
      if (!(data13 === 'refuse' || data13 === 'copy')) {
        const err20 = {
          instancePath: instancePath + '/userWritableFile',
          schemaPath: '#/properties/userWritableFile/enum',
          keyword: 'enum',
          params: { allowedValues: schema34.properties.userWritableFile.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err20];
        } else {
          vErrors.push(err20);
        }
        errors++;
      }
    }
    if (data.reducedPrivileges !== undefined) {
      if (typeof data.reducedPrivileges !== 'boolean') {
        const err21 = {
          instancePath: instancePath + '/reducedPrivileges',
          schemaPath: '#/properties/reducedPrivileges/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err21];
        } else {
          vErrors.push(err21);
        }
        errors++;
      }
    }
    if (data.secureConsent !== undefined) {
      if (typeof data.secureConsent !== 'boolean') {
        const err22 = {
          instancePath: instancePath + '/secureConsent',
          schemaPath: '#/properties/secureConsent/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
    if (data.accountScope !== undefined) {
      let data16 = data.accountScope;
      if (typeof data16 !== 'string') {
        const err23 = {
          instancePath: instancePath + '/accountScope',
          schemaPath: '#/properties/accountScope/type',
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
      if (!(data16 === 'launch' || data16 === 'userAndRule' || data16 === 'user')) {
        const err24 = {
          instancePath: instancePath + '/accountScope',
          schemaPath: '#/properties/accountScope/enum',
          keyword: 'enum',
          params: { allowedValues: schema34.properties.accountScope.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
    if (data.maximumFileSize !== undefined) {
      let data17 = data.maximumFileSize;
      if (!(typeof data17 == 'number' && !(data17 % 1) && !isNaN(data17) && isFinite(data17))) {
        const err25 = {
          instancePath: instancePath + '/maximumFileSize',
          schemaPath: '#/properties/maximumFileSize/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        };
        if (vErrors === null) {
          vErrors = [err25];
        } else {
          vErrors.push(err25);
        }
        errors++;
      }
      if (typeof data17 == 'number' && isFinite(data17)) {
        if (data17 > 1048576 || isNaN(data17)) {
          const err26 = {
            instancePath: instancePath + '/maximumFileSize',
            schemaPath: '#/properties/maximumFileSize/maximum',
            keyword: 'maximum',
            params: { comparison: '<=', limit: 1048576 },
            message: 'must be <= 1048576',
          };
          if (vErrors === null) {
            vErrors = [err26];
          } else {
            vErrors.push(err26);
          }
          errors++;
        }
        if (data17 < 1 || isNaN(data17)) {
          const err27 = {
            instancePath: instancePath + '/maximumFileSize',
            schemaPath: '#/properties/maximumFileSize/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 1 },
            message: 'must be >= 1',
          };
          if (vErrors === null) {
            vErrors = [err27];
          } else {
            vErrors.push(err27);
          }
          errors++;
        }
      }
    }
    if (data.maximumElevationsPerDay !== undefined) {
      let data18 = data.maximumElevationsPerDay;
      if (!(typeof data18 == 'number' && !(data18 % 1) && !isNaN(data18) && isFinite(data18))) {
        const err28 = {
          instancePath: instancePath + '/maximumElevationsPerDay',
          schemaPath: '#/properties/maximumElevationsPerDay/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        };
        if (vErrors === null) {
          vErrors = [err28];
        } else {
          vErrors.push(err28);
        }
        errors++;
      }
      if (typeof data18 == 'number' && isFinite(data18)) {
        if (data18 > 10000 || isNaN(data18)) {
          const err29 = {
            instancePath: instancePath + '/maximumElevationsPerDay',
            schemaPath: '#/properties/maximumElevationsPerDay/maximum',
            keyword: 'maximum',
            params: { comparison: '<=', limit: 10000 },
            message: 'must be <= 10000',
          };
          if (vErrors === null) {
            vErrors = [err29];
          } else {
            vErrors.push(err29);
          }
          errors++;
        }
        if (data18 < 1 || isNaN(data18)) {
          const err30 = {
            instancePath: instancePath + '/maximumElevationsPerDay',
            schemaPath: '#/properties/maximumElevationsPerDay/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 1 },
            message: 'must be >= 1',
          };
          if (vErrors === null) {
            vErrors = [err30];
          } else {
            vErrors.push(err30);
          }
          errors++;
        }
      }
    }
    if (data.maximumElevatedMinutesPerDay !== undefined) {
      let data19 = data.maximumElevatedMinutesPerDay;
      if (!(typeof data19 == 'number' && !(data19 % 1) && !isNaN(data19) && isFinite(data19))) {
        const err31 = {
          instancePath: instancePath + '/maximumElevatedMinutesPerDay',
          schemaPath: '#/properties/maximumElevatedMinutesPerDay/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        };
        if (vErrors === null) {
          vErrors = [err31];
        } else {
          vErrors.push(err31);
        }
        errors++;
      }
      if (typeof data19 == 'number' && isFinite(data19)) {
        if (data19 > 1440 || isNaN(data19)) {
          const err32 = {
            instancePath: instancePath + '/maximumElevatedMinutesPerDay',
            schemaPath: '#/properties/maximumElevatedMinutesPerDay/maximum',
            keyword: 'maximum',
            params: { comparison: '<=', limit: 1440 },
            message: 'must be <= 1440',
          };
          if (vErrors === null) {
            vErrors = [err32];
          } else {
            vErrors.push(err32);
          }
          errors++;
        }
        if (data19 < 1 || isNaN(data19)) {
          const err33 = {
            instancePath: instancePath + '/maximumElevatedMinutesPerDay',
            schemaPath: '#/properties/maximumElevatedMinutesPerDay/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 1 },
            message: 'must be >= 1',
          };
          if (vErrors === null) {
            vErrors = [err33];
          } else {
            vErrors.push(err33);
          }
          errors++;
        }
      }
    }
    if (data.fourEyes !== undefined) {
      if (typeof data.fourEyes !== 'boolean') {
        const err34 = {
          instancePath: instancePath + '/fourEyes',
          schemaPath: '#/properties/fourEyes/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err34];
        } else {
          vErrors.push(err34);
        }
        errors++;
      }
    }
    if (data.requestsFrom !== undefined) {
      let data21 = data.requestsFrom;
      if (typeof data21 !== 'string') {
        const err35 = {
          instancePath: instancePath + '/requestsFrom',
          schemaPath: '#/properties/requestsFrom/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err35];
        } else {
          vErrors.push(err35);
        }
        errors++;
      }
      if (!(data21 === 'primaryUser' || data21 === 'anyUser')) {
        const err36 = {
          instancePath: instancePath + '/requestsFrom',
          schemaPath: '#/properties/requestsFrom/enum',
          keyword: 'enum',
          params: { allowedValues: schema34.properties.requestsFrom.enum },
          message: 'must be equal to one of the allowed values',
        };
        if (vErrors === null) {
          vErrors = [err36];
        } else {
          vErrors.push(err36);
        }
        errors++;
      }
    }
    if (data.notifyUser !== undefined) {
      if (typeof data.notifyUser !== 'boolean') {
        const err37 = {
          instancePath: instancePath + '/notifyUser',
          schemaPath: '#/properties/notifyUser/type',
          keyword: 'type',
          params: { type: 'boolean' },
          message: 'must be boolean',
        };
        if (vErrors === null) {
          vErrors = [err37];
        } else {
          vErrors.push(err37);
        }
        errors++;
      }
    }
    if (data.deviceGroups !== undefined) {
      let data23 = data.deviceGroups;
      if (Array.isArray(data23)) {
        if (data23.length > 64) {
          const err38 = {
            instancePath: instancePath + '/deviceGroups',
            schemaPath: '#/properties/deviceGroups/maxItems',
            keyword: 'maxItems',
            params: { limit: 64 },
            message: 'must NOT have more than 64 items',
          };
          if (vErrors === null) {
            vErrors = [err38];
          } else {
            vErrors.push(err38);
          }
          errors++;
        }
        if (data23.length < 1) {
          const err39 = {
            instancePath: instancePath + '/deviceGroups',
            schemaPath: '#/properties/deviceGroups/minItems',
            keyword: 'minItems',
            params: { limit: 1 },
            message: 'must NOT have fewer than 1 items',
          };
          if (vErrors === null) {
            vErrors = [err39];
          } else {
            vErrors.push(err39);
          }
          errors++;
        }
        const len1 = data23.length;
        for (let i2 = 0; i2 < len1; i2++) {
          let data24 = data23[i2];
          if (typeof data24 === 'string') {
            if (data24.length > 128) {
              const err40 = {
                instancePath: instancePath + '/deviceGroups/' + i2,
                schemaPath: '#/properties/deviceGroups/items/maxLength',
                keyword: 'maxLength',
                params: { limit: 128 },
                message: 'must NOT have more than 128 characters',
              };
              if (vErrors === null) {
                vErrors = [err40];
              } else {
                vErrors.push(err40);
              }
              errors++;
            }
            if (!pattern40.test(data24)) {
              const err41 = {
                instancePath: instancePath + '/deviceGroups/' + i2,
                schemaPath: '#/properties/deviceGroups/items/pattern',
                keyword: 'pattern',
                params: { pattern: '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' },
                message: 'must match pattern "' + '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' + '"',
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
              instancePath: instancePath + '/deviceGroups/' + i2,
              schemaPath: '#/properties/deviceGroups/items/type',
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
      } else {
        const err43 = {
          instancePath: instancePath + '/deviceGroups',
          schemaPath: '#/properties/deviceGroups/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err43];
        } else {
          vErrors.push(err43);
        }
        errors++;
      }
    }
    if (data.journalDays !== undefined) {
      let data25 = data.journalDays;
      if (!(typeof data25 == 'number' && !(data25 % 1) && !isNaN(data25) && isFinite(data25))) {
        const err44 = {
          instancePath: instancePath + '/journalDays',
          schemaPath: '#/properties/journalDays/type',
          keyword: 'type',
          params: { type: 'integer' },
          message: 'must be integer',
        };
        if (vErrors === null) {
          vErrors = [err44];
        } else {
          vErrors.push(err44);
        }
        errors++;
      }
      if (typeof data25 == 'number' && isFinite(data25)) {
        if (data25 > 3650 || isNaN(data25)) {
          const err45 = {
            instancePath: instancePath + '/journalDays',
            schemaPath: '#/properties/journalDays/maximum',
            keyword: 'maximum',
            params: { comparison: '<=', limit: 3650 },
            message: 'must be <= 3650',
          };
          if (vErrors === null) {
            vErrors = [err45];
          } else {
            vErrors.push(err45);
          }
          errors++;
        }
        if (data25 < 1 || isNaN(data25)) {
          const err46 = {
            instancePath: instancePath + '/journalDays',
            schemaPath: '#/properties/journalDays/minimum',
            keyword: 'minimum',
            params: { comparison: '>=', limit: 1 },
            message: 'must be >= 1',
          };
          if (vErrors === null) {
            vErrors = [err46];
          } else {
            vErrors.push(err46);
          }
          errors++;
        }
      }
    }
    if (data.additionalInterpreters !== undefined) {
      let data26 = data.additionalInterpreters;
      if (Array.isArray(data26)) {
        if (data26.length > 64) {
          const err47 = {
            instancePath: instancePath + '/additionalInterpreters',
            schemaPath: '#/properties/additionalInterpreters/maxItems',
            keyword: 'maxItems',
            params: { limit: 64 },
            message: 'must NOT have more than 64 items',
          };
          if (vErrors === null) {
            vErrors = [err47];
          } else {
            vErrors.push(err47);
          }
          errors++;
        }
        if (data26.length < 1) {
          const err48 = {
            instancePath: instancePath + '/additionalInterpreters',
            schemaPath: '#/properties/additionalInterpreters/minItems',
            keyword: 'minItems',
            params: { limit: 1 },
            message: 'must NOT have fewer than 1 items',
          };
          if (vErrors === null) {
            vErrors = [err48];
          } else {
            vErrors.push(err48);
          }
          errors++;
        }
        const len2 = data26.length;
        for (let i3 = 0; i3 < len2; i3++) {
          let data27 = data26[i3];
          if (typeof data27 === 'string') {
            if (data27.length > 64) {
              const err49 = {
                instancePath: instancePath + '/additionalInterpreters/' + i3,
                schemaPath: '#/properties/additionalInterpreters/items/maxLength',
                keyword: 'maxLength',
                params: { limit: 64 },
                message: 'must NOT have more than 64 characters',
              };
              if (vErrors === null) {
                vErrors = [err49];
              } else {
                vErrors.push(err49);
              }
              errors++;
            }
            if (!pattern41.test(data27)) {
              const err50 = {
                instancePath: instancePath + '/additionalInterpreters/' + i3,
                schemaPath: '#/properties/additionalInterpreters/items/pattern',
                keyword: 'pattern',
                params: { pattern: '^(?!\\p{Z})[^\\p{C}\\\\/:*?"<>|]*[^\\p{C}\\p{Z}\\\\/:*?"<>|.]$' },
                message:
                  'must match pattern "' + '^(?!\\p{Z})[^\\p{C}\\\\/:*?"<>|]*[^\\p{C}\\p{Z}\\\\/:*?"<>|.]$' + '"',
              };
              if (vErrors === null) {
                vErrors = [err50];
              } else {
                vErrors.push(err50);
              }
              errors++;
            }
          } else {
            const err51 = {
              instancePath: instancePath + '/additionalInterpreters/' + i3,
              schemaPath: '#/properties/additionalInterpreters/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err51];
            } else {
              vErrors.push(err51);
            }
            errors++;
          }
        }
      } else {
        const err52 = {
          instancePath: instancePath + '/additionalInterpreters',
          schemaPath: '#/properties/additionalInterpreters/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err52];
        } else {
          vErrors.push(err52);
        }
        errors++;
      }
    }
    if (data.promptInstructions !== undefined) {
      let data28 = data.promptInstructions;
      if (Array.isArray(data28)) {
        if (data28.length > 4) {
          const err53 = {
            instancePath: instancePath + '/promptInstructions',
            schemaPath: '#/properties/promptInstructions/maxItems',
            keyword: 'maxItems',
            params: { limit: 4 },
            message: 'must NOT have more than 4 items',
          };
          if (vErrors === null) {
            vErrors = [err53];
          } else {
            vErrors.push(err53);
          }
          errors++;
        }
        if (data28.length < 1) {
          const err54 = {
            instancePath: instancePath + '/promptInstructions',
            schemaPath: '#/properties/promptInstructions/minItems',
            keyword: 'minItems',
            params: { limit: 1 },
            message: 'must NOT have fewer than 1 items',
          };
          if (vErrors === null) {
            vErrors = [err54];
          } else {
            vErrors.push(err54);
          }
          errors++;
        }
        const len3 = data28.length;
        for (let i4 = 0; i4 < len3; i4++) {
          let data29 = data28[i4];
          if (typeof data29 === 'string') {
            if (data29.length > 500) {
              const err55 = {
                instancePath: instancePath + '/promptInstructions/' + i4,
                schemaPath: '#/properties/promptInstructions/items/maxLength',
                keyword: 'maxLength',
                params: { limit: 500 },
                message: 'must NOT have more than 500 characters',
              };
              if (vErrors === null) {
                vErrors = [err55];
              } else {
                vErrors.push(err55);
              }
              errors++;
            }
            if (!pattern40.test(data29)) {
              const err56 = {
                instancePath: instancePath + '/promptInstructions/' + i4,
                schemaPath: '#/properties/promptInstructions/items/pattern',
                keyword: 'pattern',
                params: { pattern: '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' },
                message: 'must match pattern "' + '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' + '"',
              };
              if (vErrors === null) {
                vErrors = [err56];
              } else {
                vErrors.push(err56);
              }
              errors++;
            }
          } else {
            const err57 = {
              instancePath: instancePath + '/promptInstructions/' + i4,
              schemaPath: '#/properties/promptInstructions/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err57];
            } else {
              vErrors.push(err57);
            }
            errors++;
          }
        }
      } else {
        const err58 = {
          instancePath: instancePath + '/promptInstructions',
          schemaPath: '#/properties/promptInstructions/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err58];
        } else {
          vErrors.push(err58);
        }
        errors++;
      }
    }
    if (data.supportContact !== undefined) {
      let data30 = data.supportContact;
      if (Array.isArray(data30)) {
        if (data30.length > 4) {
          const err59 = {
            instancePath: instancePath + '/supportContact',
            schemaPath: '#/properties/supportContact/maxItems',
            keyword: 'maxItems',
            params: { limit: 4 },
            message: 'must NOT have more than 4 items',
          };
          if (vErrors === null) {
            vErrors = [err59];
          } else {
            vErrors.push(err59);
          }
          errors++;
        }
        if (data30.length < 1) {
          const err60 = {
            instancePath: instancePath + '/supportContact',
            schemaPath: '#/properties/supportContact/minItems',
            keyword: 'minItems',
            params: { limit: 1 },
            message: 'must NOT have fewer than 1 items',
          };
          if (vErrors === null) {
            vErrors = [err60];
          } else {
            vErrors.push(err60);
          }
          errors++;
        }
        const len4 = data30.length;
        for (let i5 = 0; i5 < len4; i5++) {
          let data31 = data30[i5];
          if (typeof data31 === 'string') {
            if (data31.length > 200) {
              const err61 = {
                instancePath: instancePath + '/supportContact/' + i5,
                schemaPath: '#/properties/supportContact/items/maxLength',
                keyword: 'maxLength',
                params: { limit: 200 },
                message: 'must NOT have more than 200 characters',
              };
              if (vErrors === null) {
                vErrors = [err61];
              } else {
                vErrors.push(err61);
              }
              errors++;
            }
            if (!pattern40.test(data31)) {
              const err62 = {
                instancePath: instancePath + '/supportContact/' + i5,
                schemaPath: '#/properties/supportContact/items/pattern',
                keyword: 'pattern',
                params: { pattern: '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' },
                message: 'must match pattern "' + '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' + '"',
              };
              if (vErrors === null) {
                vErrors = [err62];
              } else {
                vErrors.push(err62);
              }
              errors++;
            }
          } else {
            const err63 = {
              instancePath: instancePath + '/supportContact/' + i5,
              schemaPath: '#/properties/supportContact/items/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
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
          instancePath: instancePath + '/supportContact',
          schemaPath: '#/properties/supportContact/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err64];
        } else {
          vErrors.push(err64);
        }
        errors++;
      }
    }
    if (data.cannedReasons !== undefined) {
      let data32 = data.cannedReasons;
      if (Array.isArray(data32)) {
        if (data32.length > 20) {
          const err65 = {
            instancePath: instancePath + '/cannedReasons',
            schemaPath: '#/properties/cannedReasons/maxItems',
            keyword: 'maxItems',
            params: { limit: 20 },
            message: 'must NOT have more than 20 items',
          };
          if (vErrors === null) {
            vErrors = [err65];
          } else {
            vErrors.push(err65);
          }
          errors++;
        }
        if (data32.length < 1) {
          const err66 = {
            instancePath: instancePath + '/cannedReasons',
            schemaPath: '#/properties/cannedReasons/minItems',
            keyword: 'minItems',
            params: { limit: 1 },
            message: 'must NOT have fewer than 1 items',
          };
          if (vErrors === null) {
            vErrors = [err66];
          } else {
            vErrors.push(err66);
          }
          errors++;
        }
        const len5 = data32.length;
        for (let i6 = 0; i6 < len5; i6++) {
          let data33 = data32[i6];
          if (typeof data33 === 'string') {
            if (data33.length > 256) {
              const err67 = {
                instancePath: instancePath + '/cannedReasons/' + i6,
                schemaPath: '#/properties/cannedReasons/items/maxLength',
                keyword: 'maxLength',
                params: { limit: 256 },
                message: 'must NOT have more than 256 characters',
              };
              if (vErrors === null) {
                vErrors = [err67];
              } else {
                vErrors.push(err67);
              }
              errors++;
            }
            if (!pattern40.test(data33)) {
              const err68 = {
                instancePath: instancePath + '/cannedReasons/' + i6,
                schemaPath: '#/properties/cannedReasons/items/pattern',
                keyword: 'pattern',
                params: { pattern: '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' },
                message: 'must match pattern "' + '^(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$' + '"',
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
              instancePath: instancePath + '/cannedReasons/' + i6,
              schemaPath: '#/properties/cannedReasons/items/type',
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
          instancePath: instancePath + '/cannedReasons',
          schemaPath: '#/properties/cannedReasons/type',
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
  } else {
    const err71 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err71];
    } else {
      vErrors.push(err71);
    }
    errors++;
  }
  validate23.errors = vErrors;
  return errors === 0;
}
validate23.evaluated = { props: true, dynamicProps: false, dynamicItems: false };

export const validatePolicyFrame = validate24;
const schema35 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:epm:policy-frame:1',
  type: 'object',
  properties: {
    $schema: { type: 'string' },
    version: { const: 1 },
    id: {
      title: 'Policy identifier',
      description:
        'Name of this policy in the audit. When two rules are otherwise equal, the one of the policy with the smaller identifier wins.',
      type: 'string',
      minLength: 1,
      maxLength: 128,
      pattern: '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$',
    },
    settings: { type: 'object' },
    certificates: {
      title: 'Certificates',
      description:
        'Certificates that rules refer to by name: the name, and either the SHA-256 of the certificate (DER) in hexadecimal or the certificate itself, in base64 or PEM.',
      type: 'object',
      maxProperties: 1000,
      additionalProperties: { type: 'string' },
    },
    approverKeys: {
      title: 'Keys of approvers',
      description:
        'Keys whose signatures approve elevations: the name of the key, and what is known of it as JSON on one line. Only the policy of the device counts.',
      type: 'object',
      maxProperties: 1000,
      additionalProperties: { type: 'object' },
    },
    revocations: {
      title: 'Revocations',
      description:
        'What no longer counts: the identifier of an approval or of its request, or the name of a key, and the reason. Only the policy of the device counts.',
      type: 'object',
      maxProperties: 10000,
      additionalProperties: { type: 'string' },
    },
    roles: {
      title: 'Roles',
      description:
        'Which groups have which rights over the agent: the SID of the group, and roles or single rights, parted by commas. Only the policy of the device counts. Administrators have every right without an entry.',
      type: 'object',
      maxProperties: 1000,
      additionalProperties: { type: 'array' },
    },
    notifications: {
      title: 'Notifications',
      description:
        'Who is told of support requests: the name of the receiver, and what is needed to reach it as JSON on one line. It names secrets and never holds one, because every user can read it. Only the policy of the device counts.',
      type: 'object',
      maxProperties: 64,
      additionalProperties: { type: 'object' },
    },
    rules: { type: 'array', maxItems: 10000 },
  },
  required: ['version'],
};

function validate24(
  data,
  { instancePath = '', parentData, parentDataProperty, rootData = data, dynamicAnchors = {} } = {},
) {
  /*# sourceURL="urn:epm:policy-frame:1" */ let vErrors = null;
  let errors = 0;
  const evaluated0 = validate24.evaluated;
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
    if (data.$schema !== undefined) {
      if (typeof data.$schema !== 'string') {
        const err1 = {
          instancePath: instancePath + '/$schema',
          schemaPath: '#/properties/%24schema/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err1];
        } else {
          vErrors.push(err1);
        }
        errors++;
      }
    }
    if (data.version !== undefined) {
      if (1 !== data.version) {
        const err2 = {
          instancePath: instancePath + '/version',
          schemaPath: '#/properties/version/const',
          keyword: 'const',
          params: { allowedValue: 1 },
          message: 'must be equal to constant',
        };
        if (vErrors === null) {
          vErrors = [err2];
        } else {
          vErrors.push(err2);
        }
        errors++;
      }
    }
    if (data.id !== undefined) {
      let data2 = data.id;
      if (typeof data2 === 'string') {
        if (data2.length > 128) {
          const err3 = {
            instancePath: instancePath + '/id',
            schemaPath: '#/properties/id/maxLength',
            keyword: 'maxLength',
            params: { limit: 128 },
            message: 'must NOT have more than 128 characters',
          };
          if (vErrors === null) {
            vErrors = [err3];
          } else {
            vErrors.push(err3);
          }
          errors++;
        }
        if (data2.length < 1) {
          const err4 = {
            instancePath: instancePath + '/id',
            schemaPath: '#/properties/id/minLength',
            keyword: 'minLength',
            params: { limit: 1 },
            message: 'must NOT have fewer than 1 characters',
          };
          if (vErrors === null) {
            vErrors = [err4];
          } else {
            vErrors.push(err4);
          }
          errors++;
        }
        if (!pattern25.test(data2)) {
          const err5 = {
            instancePath: instancePath + '/id',
            schemaPath: '#/properties/id/pattern',
            keyword: 'pattern',
            params: { pattern: '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$' },
            message:
              'must match pattern "' +
              '^(?=\\s*\\S)[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff\\uf000\\ufffe\\uffff]+$' +
              '"',
          };
          if (vErrors === null) {
            vErrors = [err5];
          } else {
            vErrors.push(err5);
          }
          errors++;
        }
      } else {
        const err6 = {
          instancePath: instancePath + '/id',
          schemaPath: '#/properties/id/type',
          keyword: 'type',
          params: { type: 'string' },
          message: 'must be string',
        };
        if (vErrors === null) {
          vErrors = [err6];
        } else {
          vErrors.push(err6);
        }
        errors++;
      }
    }
    if (data.settings !== undefined) {
      let data3 = data.settings;
      if (!(data3 && typeof data3 == 'object' && !Array.isArray(data3))) {
        const err7 = {
          instancePath: instancePath + '/settings',
          schemaPath: '#/properties/settings/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err7];
        } else {
          vErrors.push(err7);
        }
        errors++;
      }
    }
    if (data.certificates !== undefined) {
      let data4 = data.certificates;
      if (data4 && typeof data4 == 'object' && !Array.isArray(data4)) {
        if (Object.keys(data4).length > 1000) {
          const err8 = {
            instancePath: instancePath + '/certificates',
            schemaPath: '#/properties/certificates/maxProperties',
            keyword: 'maxProperties',
            params: { limit: 1000 },
            message: 'must NOT have more than 1000 properties',
          };
          if (vErrors === null) {
            vErrors = [err8];
          } else {
            vErrors.push(err8);
          }
          errors++;
        }
        for (const key0 in data4) {
          if (typeof data4[key0] !== 'string') {
            const err9 = {
              instancePath: instancePath + '/certificates/' + key0.replace(/~/g, '~0').replace(/\//g, '~1'),
              schemaPath: '#/properties/certificates/additionalProperties/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err9];
            } else {
              vErrors.push(err9);
            }
            errors++;
          }
        }
      } else {
        const err10 = {
          instancePath: instancePath + '/certificates',
          schemaPath: '#/properties/certificates/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err10];
        } else {
          vErrors.push(err10);
        }
        errors++;
      }
    }
    if (data.approverKeys !== undefined) {
      let data6 = data.approverKeys;
      if (data6 && typeof data6 == 'object' && !Array.isArray(data6)) {
        if (Object.keys(data6).length > 1000) {
          const err11 = {
            instancePath: instancePath + '/approverKeys',
            schemaPath: '#/properties/approverKeys/maxProperties',
            keyword: 'maxProperties',
            params: { limit: 1000 },
            message: 'must NOT have more than 1000 properties',
          };
          if (vErrors === null) {
            vErrors = [err11];
          } else {
            vErrors.push(err11);
          }
          errors++;
        }
        for (const key1 in data6) {
          let data7 = data6[key1];
          if (!(data7 && typeof data7 == 'object' && !Array.isArray(data7))) {
            const err12 = {
              instancePath: instancePath + '/approverKeys/' + key1.replace(/~/g, '~0').replace(/\//g, '~1'),
              schemaPath: '#/properties/approverKeys/additionalProperties/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err12];
            } else {
              vErrors.push(err12);
            }
            errors++;
          }
        }
      } else {
        const err13 = {
          instancePath: instancePath + '/approverKeys',
          schemaPath: '#/properties/approverKeys/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err13];
        } else {
          vErrors.push(err13);
        }
        errors++;
      }
    }
    if (data.revocations !== undefined) {
      let data8 = data.revocations;
      if (data8 && typeof data8 == 'object' && !Array.isArray(data8)) {
        if (Object.keys(data8).length > 10000) {
          const err14 = {
            instancePath: instancePath + '/revocations',
            schemaPath: '#/properties/revocations/maxProperties',
            keyword: 'maxProperties',
            params: { limit: 10000 },
            message: 'must NOT have more than 10000 properties',
          };
          if (vErrors === null) {
            vErrors = [err14];
          } else {
            vErrors.push(err14);
          }
          errors++;
        }
        for (const key2 in data8) {
          if (typeof data8[key2] !== 'string') {
            const err15 = {
              instancePath: instancePath + '/revocations/' + key2.replace(/~/g, '~0').replace(/\//g, '~1'),
              schemaPath: '#/properties/revocations/additionalProperties/type',
              keyword: 'type',
              params: { type: 'string' },
              message: 'must be string',
            };
            if (vErrors === null) {
              vErrors = [err15];
            } else {
              vErrors.push(err15);
            }
            errors++;
          }
        }
      } else {
        const err16 = {
          instancePath: instancePath + '/revocations',
          schemaPath: '#/properties/revocations/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err16];
        } else {
          vErrors.push(err16);
        }
        errors++;
      }
    }
    if (data.roles !== undefined) {
      let data10 = data.roles;
      if (data10 && typeof data10 == 'object' && !Array.isArray(data10)) {
        if (Object.keys(data10).length > 1000) {
          const err17 = {
            instancePath: instancePath + '/roles',
            schemaPath: '#/properties/roles/maxProperties',
            keyword: 'maxProperties',
            params: { limit: 1000 },
            message: 'must NOT have more than 1000 properties',
          };
          if (vErrors === null) {
            vErrors = [err17];
          } else {
            vErrors.push(err17);
          }
          errors++;
        }
        for (const key3 in data10) {
          if (!Array.isArray(data10[key3])) {
            const err18 = {
              instancePath: instancePath + '/roles/' + key3.replace(/~/g, '~0').replace(/\//g, '~1'),
              schemaPath: '#/properties/roles/additionalProperties/type',
              keyword: 'type',
              params: { type: 'array' },
              message: 'must be array',
            };
            if (vErrors === null) {
              vErrors = [err18];
            } else {
              vErrors.push(err18);
            }
            errors++;
          }
        }
      } else {
        const err19 = {
          instancePath: instancePath + '/roles',
          schemaPath: '#/properties/roles/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err19];
        } else {
          vErrors.push(err19);
        }
        errors++;
      }
    }
    if (data.notifications !== undefined) {
      let data12 = data.notifications;
      if (data12 && typeof data12 == 'object' && !Array.isArray(data12)) {
        if (Object.keys(data12).length > 64) {
          const err20 = {
            instancePath: instancePath + '/notifications',
            schemaPath: '#/properties/notifications/maxProperties',
            keyword: 'maxProperties',
            params: { limit: 64 },
            message: 'must NOT have more than 64 properties',
          };
          if (vErrors === null) {
            vErrors = [err20];
          } else {
            vErrors.push(err20);
          }
          errors++;
        }
        for (const key4 in data12) {
          let data13 = data12[key4];
          if (!(data13 && typeof data13 == 'object' && !Array.isArray(data13))) {
            const err21 = {
              instancePath: instancePath + '/notifications/' + key4.replace(/~/g, '~0').replace(/\//g, '~1'),
              schemaPath: '#/properties/notifications/additionalProperties/type',
              keyword: 'type',
              params: { type: 'object' },
              message: 'must be object',
            };
            if (vErrors === null) {
              vErrors = [err21];
            } else {
              vErrors.push(err21);
            }
            errors++;
          }
        }
      } else {
        const err22 = {
          instancePath: instancePath + '/notifications',
          schemaPath: '#/properties/notifications/type',
          keyword: 'type',
          params: { type: 'object' },
          message: 'must be object',
        };
        if (vErrors === null) {
          vErrors = [err22];
        } else {
          vErrors.push(err22);
        }
        errors++;
      }
    }
    if (data.rules !== undefined) {
      let data14 = data.rules;
      if (Array.isArray(data14)) {
        if (data14.length > 10000) {
          const err23 = {
            instancePath: instancePath + '/rules',
            schemaPath: '#/properties/rules/maxItems',
            keyword: 'maxItems',
            params: { limit: 10000 },
            message: 'must NOT have more than 10000 items',
          };
          if (vErrors === null) {
            vErrors = [err23];
          } else {
            vErrors.push(err23);
          }
          errors++;
        }
      } else {
        const err24 = {
          instancePath: instancePath + '/rules',
          schemaPath: '#/properties/rules/type',
          keyword: 'type',
          params: { type: 'array' },
          message: 'must be array',
        };
        if (vErrors === null) {
          vErrors = [err24];
        } else {
          vErrors.push(err24);
        }
        errors++;
      }
    }
  } else {
    const err25 = {
      instancePath,
      schemaPath: '#/type',
      keyword: 'type',
      params: { type: 'object' },
      message: 'must be object',
    };
    if (vErrors === null) {
      vErrors = [err25];
    } else {
      vErrors.push(err25);
    }
    errors++;
  }
  validate24.errors = vErrors;
  return errors === 0;
}
validate24.evaluated = {
  props: {
    $schema: true,
    version: true,
    id: true,
    settings: true,
    certificates: true,
    approverKeys: true,
    revocations: true,
    roles: true,
    notifications: true,
    rules: true,
  },
  dynamicProps: false,
  dynamicItems: false,
};
