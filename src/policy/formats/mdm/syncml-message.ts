/** A SyncML message as a list of commands (OMA-DM representation protocol, the part MDM servers use for policy). */
import { EpmError } from '../../../model/errors.ts';
import { parsePolicyXml } from '../input.ts';
import { childOf, childrenOf, type XmlElement } from '../../../text/xml.ts';

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
/** What else stands where commands stand, and changes nothing. */
const OTHERS: readonly string[] = ['CmdID', 'NoResp', 'Meta', 'Cred', 'Final', 'Status', 'Alert', 'Results'];
const LIMITS = { maxLength: 8 * 1024 * 1024, maxDepth: 16, maxElements: 50_000 };

/**
 * Reads a message.
 * @throws EpmError EPM_POLICY_INVALID when the XML cannot be read or is no SyncML
 */
export function readSyncMl(text: string): readonly SyncCommand[] {
  const root = parsePolicyXml(text, LIMITS);
  const body = childOf(root, 'SyncBody');
  if (root.name !== 'SyncML' || body === undefined)
    throw new EpmError('EPM_POLICY_INVALID', 'This is no SyncML message.');
  return commandsOf(body);
}

function commandsOf(parent: XmlElement): readonly SyncCommand[] {
  return parent.children.flatMap((element) => {
    const verb = VERBS.find((known) => known === element.name);
    if (verb === undefined) {
      if (OTHERS.includes(element.name)) return [];
      // It could carry a rule; names of commands are compared with case.
      throw invalid(`"${element.name.slice(0, 64)}" is no command of OMA-DM.`);
    }
    return [
      {
        verb,
        id: textOf(element, 'CmdID'),
        items: childrenOf(element, 'Item')
          .map(onlyOnce)
          .map((item) => ({
            uri: textOf(childOf(item, 'Target'), 'LocURI'),
            format: textOf(childOf(item, 'Meta') ?? childOf(element, 'Meta'), 'Format') || 'chr',
            data: (childOf(item, 'Data')?.text ?? '').trim(),
          })),
        commands: verb === 'Atomic' || verb === 'Sequence' ? commandsOf(element) : [],
      },
    ];
  });
}

/** Which of two addresses or values is meant cannot be told. */
function onlyOnce(item: XmlElement): XmlElement {
  const twice = ['Target', 'Data'].find((name) => childrenOf(item, name).length > 1);
  if (twice !== undefined) throw invalid(`An item has ${twice} twice.`);
  return item;
}

function invalid(reason: string): EpmError {
  return new EpmError('EPM_POLICY_INVALID', `The SyncML message cannot be read. ${reason}`, {
    hint: 'Give the message as the management server sends it.',
  });
}

function textOf(parent: XmlElement | undefined, name: string): string {
  return (parent === undefined ? undefined : childOf(parent, name))?.text.trim() ?? '';
}
