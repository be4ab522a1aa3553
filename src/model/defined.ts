/** An object without its undefined members; those that may be undefined are optional in it. */
type Defined<T> = Simplify<
  { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
    [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
  }
>;

type Simplify<T> = { [K in keyof T]: T[K] };

/**
 * Leaves members out that are undefined, as `exactOptionalPropertyTypes` asks of optional ones. The others keep their
 * order.
 */
export function defined<const T extends object>(members: T): Defined<T> {
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(members)) {
    const value: unknown = members[name as keyof T];
    if (value === undefined) continue;
    // An assignment would set the prototype.
    if (name === '__proto__') Object.defineProperty(result, name, { value, enumerable: true });
    else result[name] = value;
  }
  return result as Defined<T>;
}
