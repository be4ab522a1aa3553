/**
 * One text for one value: members sorted by UTF-16 code units, no white space, everything outside printable ASCII
 * escaped. Digests of policies and of audit records are taken over this text, and the journal holds it as a line: no
 * content of a field can break a line, hide in a terminal or look like another field.
 */
const MAX_DEPTH = 32;

/**
 * @param value what JSON can carry; members that are undefined are left out
 * @returns printable ASCII
 * @throws TypeError for a value that has no canonical form (NaN, functions, too deep)
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** A member of an object, and its text with its name. */
export interface CanonicalMember {
  readonly name: string;
  readonly text: string;
}

/**
 * Members of an object in their order. Joined by {@link joinMembers} they are its canonical text, and so are some of them.
 * @throws TypeError as {@link canonicalJson}
 */
export function canonicalMembers(value: object): readonly CanonicalMember[] {
  return membersOf(value, 0);
}

export function joinMembers(members: readonly CanonicalMember[]): string {
  return `{${members.map(({ text }) => text).join(',')}}`;
}

function membersOf(value: object, depth: number): CanonicalMember[] {
  const members: CanonicalMember[] = [];
  for (const name of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[name];
    if (member !== undefined) members.push({ name, text: `${quote(name)}:${write(member, depth + 1)}` });
  }
  return members;
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError('A value is nested too deeply for a canonical form.');
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: unknown) => write(item, depth + 1)).join(',')}]`;
  if (typeof value === 'object') return joinMembers(membersOf(value, depth));
  throw new TypeError(`A value of type ${typeof value} has no canonical form.`);
}

function quote(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
