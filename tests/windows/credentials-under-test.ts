/** Users whose passwords a test knows, and what a client sends for them. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Credential, writeCredential } from '../../src/requests/credential.ts';
import { sealCredential } from '../../src/requests/sealed-credential.ts';
import type { TestBed } from '../bed/index.ts';
import type { AgentMessage, AgentUnderTest, Json } from './agent-under-test.ts';

/** Where the edition of the test bed, for which Windows' own logon is played, has its users. */
const USERS = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\EPM Test Bed\\Users';
const PROFILES = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList';

export interface KnownUser {
  readonly name: string;
  readonly sid: string;
  readonly password: string;
}

/** @param name `DOMAIN\name` */
export function knownUser(name: string, sid: string): KnownUser {
  return { name, sid, password: `Zebra ${randomBytes(9).toString('hex')} ß` };
}

/** Makes users known to the logon of the test bed. @param states NTSTATUS that their logon ends with, by name */
export async function makeUsersKnown(
  bed: TestBed,
  users: readonly KnownUser[],
  states: Readonly<Record<string, string>> = {},
): Promise<void> {
  const values = users.map(({ name, sid, password }) => {
    const digest = createHash('sha256')
      .update(Buffer.from(sid + password, 'utf16le'))
      .digest('hex');
    return `"${name.replaceAll('\\', '\\\\')}"="${sid},${digest},${states[name] ?? ''}"`;
  });
  await bed.importRegistry(`[${USERS}]\n${values.join('\n')}\n`);
}

/** Gives a user an entry in the profile list of the machine. */
export async function giveProfile(bed: TestBed, sid: string, folder: string): Promise<void> {
  await bed.importRegistry(`[${PROFILES}\\${sid}]\n"ProfileImagePath"="${folder.replaceAll('\\', '\\\\')}"\n`);
}

export function passwordCredential(userName: string, password: string): Credential {
  return { form: 'password', userName, password: Buffer.from(password, 'utf16le') };
}

/** What answers a question: its ticket, and the credential encrypted to its key. */
export function sealedAnswer(question: AgentMessage, credential: Credential): Json {
  const { ticket, authentication } = question.body as {
    readonly ticket: string;
    readonly authentication: { readonly key: string };
  };
  return { ticket, credential: sealCredential(writeCredential(credential), ticket, authentication.key) };
}

/** Asks, and answers the question with the credential. */
export async function elevateWith(
  agent: AgentUnderTest,
  request: Json,
  credential: Credential,
  as: 'standardUser' | 'otherUser' = 'standardUser',
): Promise<AgentMessage> {
  const question = await agent.ask('elevate', request, as);
  if (question.body['outcome'] !== 'needs') return question;
  return agent.ask('elevate', { ...request, ...sealedAnswer(question, credential) }, as);
}

/** Files below the folders that have a text in one of the forms in which somebody could have written it. */
export function filesWith(text: string, folders: readonly string[]): readonly string[] {
  const forms = [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')].flatMap((bytes) => [
    bytes,
    // In base64 the beginning and the end depend on what stands around it.
    ...[0, 1, 2].map((skip) =>
      Buffer.from(bytes.subarray(skip, bytes.length - ((bytes.length - skip) % 3)).toString('base64')),
    ),
    Buffer.from(bytes.toString('hex')),
  ]);
  return folders.flatMap(filesBelow).filter((file) => {
    const content = readFileSync(file);
    return forms.some((form) => content.includes(form));
  });
}

function filesBelow(folder: string): readonly string[] {
  if (statSync(folder).isFile()) return [folder];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}
