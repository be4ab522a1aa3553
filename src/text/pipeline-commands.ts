/**
 * What the services that run pipelines take for a command when it stands in the log: Azure Pipelines `##vso[` and `##[`
 * ("Logging commands"), GitHub `##[` anywhere and `::name` where a line begins ("Workflow commands for GitHub Actions").
 */
export const COMMAND = /#(?=#(?:vso)?\[)|^:(?=:)/giu;

const NUMBER_SIGN = /#(?=#(?:vso)?\[)/giu;

/** JSON that says the same and holds no command; the number sign stands inside of texts only. */
export function quietJson(text: string): string {
  return text.replaceAll(NUMBER_SIGN, '\\u0023');
}

/** XML of the same kind. */
export function quietXml(text: string): string {
  return text.replaceAll(NUMBER_SIGN, '&#35;');
}
