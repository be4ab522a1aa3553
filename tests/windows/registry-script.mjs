/**
 * Runs inside Windows on a plain node.exe: does to keys what no tool of Windows lets one type. `registry-script.mjs
 * <koffi.node> <job file>`; the job is a list of steps, `{ root, key }` and either `name` and `data` (bytes in base64,
 * of `type`) for a value, or `sddl` with an owner, a DACL or both.
 */
import { readFileSync } from 'node:fs';

const [koffiFile, jobFile] = process.argv.slice(2);
const holder = { exports: {} };
process.dlopen(holder, koffiFile);
const koffi = holder.exports;
const advapi32 = koffi.load('advapi32.dll');
const create = advapi32.func(
  'int32_t __stdcall RegCreateKeyExW(intptr_t key, str16 name, uint32_t reserved, void *className, uint32_t options, uint32_t access, void *security, _Out_ intptr_t *result, void *disposition)',
);
const setValue = advapi32.func(
  'int32_t __stdcall RegSetValueExW(intptr_t key, str16 name, uint32_t reserved, uint32_t type, const uint8_t *data, uint32_t length)',
);
const parse = advapi32.func(
  'int __stdcall ConvertStringSecurityDescriptorToSecurityDescriptorW(str16 sddl, uint32_t revision, _Out_ void **descriptor, void *length)',
);
const setSecurity = advapi32.func(
  'int32_t __stdcall RegSetKeySecurity(intptr_t key, uint32_t information, void *descriptor)',
);
const close = advapi32.func('int32_t __stdcall RegCloseKey(intptr_t key)');

const ROOTS = { HKLM: 0x80000002 | 0, HKU: 0x80000003 | 0 };
const KEY_SET_VALUE = 0x2;
const WRITE_DAC = 0x40000;
const WRITE_OWNER = 0x80000;
const KEY_WOW64_64KEY = 0x100;
const [OWNER, DACL] = [1, 4];

function check(call, error) {
  if (error !== 0) throw new Error(`${call}: ${error}`);
}

for (const step of JSON.parse(readFileSync(jobFile, 'utf8'))) {
  const hasOwner = step.sddl?.startsWith('O:') === true;
  const access = step.sddl === undefined ? KEY_SET_VALUE : WRITE_DAC | (hasOwner ? WRITE_OWNER : 0);
  const handle = [0];
  check(
    `RegCreateKeyExW ${step.key}`,
    create(ROOTS[step.root], step.key, 0, null, 0, access | KEY_WOW64_64KEY, null, handle, null),
  );
  if (step.sddl === undefined) {
    const data = Buffer.from(step.data, 'base64');
    check('RegSetValueExW', setValue(handle[0], step.name, 0, step.type, data, data.length));
  } else {
    const descriptor = [null];
    if (parse(step.sddl, 1, descriptor, null) === 0) throw new Error(`no descriptor: ${step.sddl}`);
    const information = (hasOwner ? OWNER : 0) | (step.sddl.includes('D:') ? DACL : 0);
    check('RegSetKeySecurity', setSecurity(handle[0], information, descriptor[0]));
  }
  close(handle[0]);
}
