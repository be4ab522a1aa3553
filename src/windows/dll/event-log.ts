/** Declarations of advapi32.dll for the event log. */
import type { Koffi } from './koffi.ts';

/** Handle of a log or a source as a number. */
type EventHandle = number;
type Out = [number];

export interface EventLogDll {
  RegisterEventSourceW(server: null, source: string): EventHandle;
  DeregisterEventSource(source: EventHandle): number;
  ReportEventW(
    source: EventHandle,
    type: number,
    category: number,
    id: number,
    user: null,
    stringCount: number,
    dataSize: number,
    strings: readonly string[],
    data: null,
  ): number;
  OpenEventLogW(server: null, source: string): EventHandle;
  ReadEventLogW(
    log: EventHandle,
    flags: number,
    record: number,
    buffer: Uint8Array,
    length: number,
    read: Out,
    needed: Out,
  ): number;
  CloseEventLog(log: EventHandle): number;
}

/** @param path absolute path of advapi32.dll in System32 */
export function declareEventLog(koffi: Koffi, path: string): EventLogDll {
  const library = koffi.load(path);
  const f = (prototype: string): never => library.func(prototype) as never;
  return {
    RegisterEventSourceW: f('intptr_t __stdcall RegisterEventSourceW(void *server, str16 source)'),
    DeregisterEventSource: f('int __stdcall DeregisterEventSource(intptr_t source)'),
    ReportEventW: f(
      'int __stdcall ReportEventW(intptr_t source, uint16_t type, uint16_t category, uint32_t id, void *user, uint16_t stringCount, uint32_t dataSize, str16 *strings, void *data)',
    ),
    OpenEventLogW: f('intptr_t __stdcall OpenEventLogW(void *server, str16 source)'),
    ReadEventLogW: f(
      'int __stdcall ReadEventLogW(intptr_t log, uint32_t flags, uint32_t record, _Out_ uint8_t *buffer, uint32_t length, _Out_ uint32_t *read, _Out_ uint32_t *needed)',
    ),
    CloseEventLog: f('int __stdcall CloseEventLog(intptr_t log)'),
  };
}
