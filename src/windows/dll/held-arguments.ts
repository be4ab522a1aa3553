/**
 * koffi gives a function the address of a buffer's bytes and keeps no reference to the buffer. On a worker thread the
 * function runs on after the call returned, so a buffer that nobody else holds is collected under it.
 */
import type koffi from 'koffi';

type Library = ReturnType<(typeof koffi)['load']>;
type KoffiFunction = ReturnType<Library['func']>;
type Done = (error: unknown, result: unknown) => void;

/** @returns the library; asynchronous calls of its functions hold their arguments until they are done */
export function holdingArguments(library: Library): Library {
  const func = library.func.bind(library) as (...definition: readonly unknown[]) => KoffiFunction;
  Object.defineProperty(library, 'func', {
    value: (...definition: readonly unknown[]) => holding(func(...definition)),
  });
  return library;
}

function holding(called: KoffiFunction): KoffiFunction {
  const start = called.async;
  const held = new Set<readonly unknown[]>();
  called.async = (...values: readonly unknown[]): void => {
    const done = values.at(-1) as Done;
    held.add(values);
    try {
      start(...values.slice(0, -1), (error: unknown, result: unknown) => {
        held.delete(values);
        done(error, result);
      });
    } catch (error) {
      held.delete(values);
      throw error;
    }
  };
  return called;
}
