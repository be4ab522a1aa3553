/** Facts about the machine: how it is set up, and what Windows keeps of policies and events. */
import { oneOf, type Probe } from './probe.ts';

export const MACHINE_PROBES = [
  {
    id: 'accountControl',
    title: 'User Account Control is on, and Windows tells whether Administrator Protection is',
    relies:
      'Without Administrator Protection the interactive logon of the isolated account gives a pair of tokens, of which the full one is used; with it the account logs on as a service.',
    source: 'EnableLUA, TypeOfAdminApprovalMode, Microsoft Learn',
    needs: 'administrator',
    restores: 'Changes nothing.',
    expected: { userAccountControl: true, administratorProtection: oneOf(true, false), interactiveLogon: 'allowed' },
  },
  {
    id: 'policyRecords',
    title: 'Windows keeps the policies of users that MDM delivered, by SID',
    relies: 'A rule in the hive of a user is confirmed by the record that only the system writes.',
    source: 'PolicyManager\\current\\<SID>; public audit scripts read it so',
    needs: 'administrator',
    restores: 'Changes nothing.',
    expected: { writableByOthers: false, withoutProvider: 0 },
  },
  {
    id: 'eventLog',
    title: 'An entry of the event log is there when it is read back',
    relies: 'A note of the journal outside of the journal shows that the journal was cut or replaced.',
    source: 'ReportEventW, ReadEventLogW, Microsoft Learn',
    needs: 'administrator',
    restores: 'Leaves one entry in the log of EPM, which says that the self-test ran.',
    expected: { written: true, readBack: true },
  },
] as const satisfies readonly Probe[];
