/** Does to registry keys what no tool of Windows lets one type: names and data of any kind, owners and permissions. */
import type { Identity } from '../bed/index.ts';
import type { AgentUnderTest } from './agent-under-test.ts';

export type RegistryStep = { readonly root: 'HKLM' | 'HKU'; readonly key: string } & (
  { readonly name: string; readonly type: number; readonly data: Uint8Array } | { readonly sddl: string }
);

export const REG = { SZ: 1, EXPAND_SZ: 2, BINARY: 3, DWORD: 4 } as const;

/** Text as REG_SZ keeps it, with its NUL. */
export const registryText = (value: string): Uint8Array => Buffer.from(`${value}\0`, 'utf16le');

/** Takes the steps in order, as one who may. */
export async function changeRegistry(
  agent: AgentUnderTest,
  steps: readonly RegistryStep[],
  as: Identity = 'administrator',
): Promise<void> {
  await agent.changeKeys(
    steps.map((step) => ('data' in step ? { ...step, data: Buffer.from(step.data).toString('base64') } : step)),
    as,
  );
}
