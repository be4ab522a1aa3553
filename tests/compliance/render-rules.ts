/** Renders docs/rules.md from the rows of the compliance suite, so that the page cannot say what no test holds. */
import { type RowFile, readRowFiles } from './row.ts';

const INTRODUCTION = `# Rules and precedence

A *settings policy* switches EPM on for a device or a user and says what happens when nobody wrote a rule. A *rules policy* has rules. Each rule describes a program by attributes of its file (name, folder, hash, certificate, version, texts of its version resource, arguments) and says what happens when somebody wants to run that program elevated.

## How one request is decided

1. **Is the client on?** Without a settings policy, or when all that say something disable the client, EPM manages nothing.
2. **Who asks?** A process that EPM itself elevated is refused. Administrators are left to Windows, unless a setting says otherwise.
3. **Which file?** A file of a foreign or mismatched type, or in a place where files are never elevated from, is refused before any rule is asked.
4. **Which rules match?** A rule matches when every attribute that it sets fits the file, and when the arguments pass. Rules that cannot be read are *rejected*: they never elevate anything, stay listed with their reason, and leave the other rules in force. A rejected Deny still denies by whatever can be read of it.
5. **Which matching rule wins?** The first of this order:

   | Step | What comes first |
   |---|---|
   | \`deny\` | a Deny, before every other type |
   | \`scope\` | a rule assigned to the user, before one assigned to the device |
   | \`P1.hash\` | a rule with a file hash, before one without |
   | \`P1.attributes\` | the rule that sets more attributes |
   | \`type\` | User confirmed, Elevate as current user, Support approved, Automatic |
   | \`P2.children\` | the stricter child behaviour: deny all, require rule, allow all |
   | \`P2.validations\` | more validations |
   | \`P2.policy\`, \`P2.name\`, \`P2.position\` | the smaller policy id, the smaller rule name, the earlier position |
   | \`P2.content\` | of two policies with one id, the smaller digest of their content |

   The order depends on the rules only. It is the same on every device, and it does not matter which policy arrived first. The trace of a decision (\`Test-EPMElevation\`) names the step on which each other rule lost.
6. **What follows?** The type of the winner and what triggered the request decide. When no rule matches, the default elevation response answers what a person asked for; an ordinary launch is left alone.

Two points of this order surprise people. A loose rule of a user beats an exact rule of the device, because the scope is compared before the attributes. And between rules that are otherwise equal, the one that asks the user comes before the one that asks support, and Automatic comes last.

Each sentence below is held by tests that run on two independent engines. The ids appear in the names of the tests.
`;

/** The text of docs/rules.md. */
export function renderRulesDocument(): string {
  const chapters = readRowFiles().map(({ title, introduction, rows }) => {
    const sentences = [...Map.groupBy(rows, (row) => `${row.id}\n${row.sentence}`).values()].map(line);
    return `## ${title}\n\n${introduction}\n\n${sentences.join('\n')}\n`;
  });
  return [INTRODUCTION, ...chapters].join('\n');
}

function line(rows: RowFile['rows']): string {
  const [first] = rows;
  if (first === undefined) return '';
  const note = first.pending === undefined ? '' : ` *(${first.pending})*`;
  return `- **${first.id}** ${first.sentence}${note}`;
}
