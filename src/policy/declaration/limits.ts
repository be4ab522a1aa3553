/** How much of everything a policy may have, so that no input costs without bound. */

/** All lengths in UTF-16 units, as the registry counts. */
export const LIMITS = {
  /** Registry.pol carries at most 65,535 bytes per value ([MS-GPREG] 2.2.1), which is 32,766 units and a NUL. */
  ruleText: 32_000,
  /** A certificate in base64; a value of the registry like a rule. */
  certificate: 32_000,
  /** Registry.pol carries value names of at most 259 units. */
  ruleName: 255,
  rules: 10_000,
  certificates: 1_000,
  grants: 10_000,
  approverKeys: 1_000,
  revocations: 10_000,
  roles: 1_000,
  notifications: 64,
  policyId: 128,
  policyFile: 16 * 1024 * 1024,
  /** Nesting of objects and arrays. */
  ruleDepth: 4,
  policyFileDepth: 6,
} as const;
