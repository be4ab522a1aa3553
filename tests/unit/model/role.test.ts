import { describe, expect, it } from 'vitest';
import { namesOf } from '../../../src/model/rule-action.ts';
import {
  type Right,
  RIGHTS,
  rightsOf,
  ROLE_OF_ADMINISTRATORS,
  type RoleAssignment,
  type RoleName,
  ROLES,
} from '../../../src/model/role.ts';

describe('roles', () => {
  it('those that manage have every right, those that read change nothing', () => {
    const changing = namesOf(RIGHTS).filter(
      (right) => !['policy.viewReports', 'policy.read', 'requests.view'].includes(right),
    );
    const roles: Record<RoleName, boolean> = {
      endpointPrivilegeManager: true,
      endpointPrivilegeReader: false,
      endpointSecurityManager: true,
      readOnlyOperator: false,
    };
    for (const [role, manages] of Object.entries(roles) as [RoleName, boolean][]) {
      const held = rightsOf([role]);
      expect(changing.some((right) => held.includes(right))).toBe(manages);
      expect(held.length === namesOf(RIGHTS).length).toBe(manages);
    }
    expect(rightsOf([ROLE_OF_ADMINISTRATORS])).toEqual(namesOf(RIGHTS));
  });

  it('roles and rights add up, each right once, in one order', () => {
    const given: RoleAssignment['given'] = ['requests.modify', 'readOnlyOperator', 'requests.view'];
    const expected: readonly Right[] = ['policy.read', 'policy.viewReports', 'requests.view', 'requests.modify'];
    expect(rightsOf(given)).toEqual(expected);
    expect(rightsOf([])).toEqual([]);
  });

  it('no role has a name that is also a right', () => {
    expect(namesOf(ROLES).filter((name) => name in RIGHTS)).toEqual([]);
  });
});
