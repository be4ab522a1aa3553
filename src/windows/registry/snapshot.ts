/** A whole key tree, read at once. */
import { EpmError } from '../../model/errors.ts';
import { type RegistrySnapshot, sameRegistryName } from '../../policy/registry/registry-snapshot.ts';
import { type OpenKey, readKey, type RegistryDlls, type Root } from './key.ts';

/** The policy has one level of lists below its key; one more leaves room for what the reader reports as unknown. */
const MAX_DEPTH = 3;
/** Keys and values together, over the whole tree. */
const MAX_ENTRIES = 50_000;

/**
 * Reads a key and everything below it.
 * @param inspect called with every opened key before its values are read, for checks of its security; what it throws
 * ends the reading
 * @param leaveOut subkeys of the key itself that are not read
 * @returns undefined when the key does not exist
 * @throws EpmError EPM_WINDOWS_API when any part cannot be read; EPM_POLICY_UNREADABLE when the tree is too deep or too
 * large
 */
export function readTree(
  { advapi32, native }: RegistryDlls,
  root: Root,
  name: string,
  inspect: (key: OpenKey) => void = () => undefined,
  leaveOut: readonly string[] = [],
): RegistrySnapshot | undefined {
  let entries = 0;
  function count(path: string, added: number): void {
    entries += added;
    if (entries > MAX_ENTRIES) {
      throw new EpmError(
        'EPM_POLICY_UNREADABLE',
        `The key ${path} and those above it hold more than ${MAX_ENTRIES} entries.`,
        {
          hint: 'Remove what does not belong to the policy.',
        },
      );
    }
  }
  function read(path: string, depth: number): RegistrySnapshot | undefined {
    return readKey(advapi32, root, path, (key) => {
      if (depth > MAX_DEPTH) {
        throw new EpmError('EPM_POLICY_UNREADABLE', `The key ${key.path} lies deeper than the policy reaches.`, {
          hint: 'Remove the key; policies have one level of lists.',
        });
      }
      inspect(key);
      const values = key.values(native);
      const isOut = (subkey: string): boolean =>
        depth === 0 && leaveOut.some((other) => sameRegistryName(subkey, other));
      const names = key.subkeyNames().filter((subkey) => !isOut(subkey));
      count(key.path, values.length + names.length);
      const subkeys = names.flatMap((subkey) => {
        const child = read(`${path}\\${subkey}`, depth + 1);
        // Deleted between the listing and now: the watch reports it and the tree is read again.
        return child === undefined ? [] : [{ name: subkey, key: child }];
      });
      return { values, subkeys };
    });
  }
  return read(name, 0);
}
