/** A SyncML message as a list of commands (OMA-DM representation protocol, the part MDM servers use for policy). */
import { EpmError } from '../model/errors.ts';
import { childOf, childrenOf, parseXml, type XmlElement } from './xml.ts';

export interface SyncItem {
  readonly uri: string;
  readonly format: string;
  readonly data: string;
}

export interface SyncCommand {
  readonly verb: 'Add' | 'Replace' | 'Delete' | 'Get' | 'Exec' | 'Atomic' | 'Sequence';
  /** As written; samples use text that is no number. */
  readonly id: string;
  readonly items: readonly SyncItem[];
  /** Of Atomic and Sequence. */
  readonly commands: readonly SyncCommand[];
}

const VERBS = ['Add', 'Replace', 'Delete', 'Get', 'Exec', 'Atomic', 'Sequence'] as const;
const LIMITS = { maxLength: 8 * 1024 * 1024, maxDepth: 16, maxElements: 50_000 };

/**
 * Reads a message.
 * @throws EpmError EPM_POLICY_INVALID when the XML cannot be read or is no SyncML
 */
export function readSyncMl(text: string): readonly SyncCommand[] {
  const root = parseXml(text, LIMITS);
  const body = childOf(root, 'SyncBody');
  if (root.name !== 'SyncML' || body === undefined)
    throw new EpmError('EPM_POLICY_INVALID', 'This is no SyncML message.');
  return commandsOf(body);
}

function commandsOf(parent: XmlElement): readonly SyncCommand[] {
  return parent.children.flatMap((element) => {
    const verb = VERBS.find((known) => known === element.name);
    if (verb === undefined) return [];
    return [
      {
        verb,
        id: textOf(element, 'CmdID'),
        items: childrenOf(element, 'Item').map((item) => ({
          uri: textOf(childOf(item, 'Target'), 'LocURI'),
          format: textOf(childOf(item, 'Meta') ?? childOf(element, 'Meta'), 'Format') || 'chr',
          data: (childOf(item, 'Data')?.text ?? '').trim(),
        })),
        commands: verb === 'Atomic' || verb === 'Sequence' ? commandsOf(element) : [],
      },
    ];
  });
}

function textOf(parent: XmlElement | undefined, name: string): string {
  return (parent === undefined ? undefined : childOf(parent, name))?.text.trim() ?? '';
}
