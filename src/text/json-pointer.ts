/** JSON pointers (RFC 6901): where in a JSON text something is. */
import type { JsonNode } from './json-text.ts';

/** One step of a JSON pointer (RFC 6901). */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The names of a JSON pointer, outermost first. */
export function pointerNames(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The node a JSON pointer leads to, or the last one on the way that is there. Of a name given twice the last counts. */
export function nodeAt(root: JsonNode, pointer: string): JsonNode {
  let node = root;
  for (const name of pointerNames(pointer)) {
    const next = stepTo(node, name);
    if (next === undefined) break;
    node = next;
  }
  return node;
}

function stepTo(node: JsonNode, name: string): JsonNode | undefined {
  if (node.type === 'Array') return node.elements[Number(name)];
  return node.type === 'Object' ? node.members.findLast((member) => member.name === name)?.value : undefined;
}
