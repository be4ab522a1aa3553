/** What an MDM server delivered to this device. */
import { ADMX_APPLICATION, ADMX_CATEGORY, ADMX_SETTING_TYPE } from '../../policy/declaration/names.ts';
import { type MdmDelivery, readMdmAnswer } from '../../policy/formats/mdm/mdm-answer.ts';
import { isTestBuild } from '../dll/load.ts';
import { assertWindows } from '../platform.ts';
import { findPowerShell } from '../powershell/executable.ts';
import { openPowerShell } from '../powershell/session.ts';
import { READ_MDM } from './script.ts';

/** Milliseconds. WMI starts its provider for the first question. */
const TIMEOUT = 30_000;
/** The same in a build for the test bed, where nothing answers and a test would have to sit it out. Its status says so. */
const TEST_BUILD_TIMEOUT = 3_000;

/** The input of {@link READ_MDM}. */
export const MDM_QUESTION = {
  application: ADMX_APPLICATION,
  area: `${ADMX_APPLICATION}~${ADMX_SETTING_TYPE}~${ADMX_CATEGORY}`,
} as const;

/**
 * Asks the WMI bridge (`root\\cimv2\\mdm\\dmmap`), which answers local system about the device, and the keys of the
 * Policy CSP ("Using PowerShell scripting with the WMI Bridge Provider").
 * @throws EpmError EPM_PLATFORM elsewhere than on Windows; EPM_MDM_UNREADABLE; EPM_POWERSHELL_UNAVAILABLE,
 * EPM_POWERSHELL_FAILED, EPM_POWERSHELL_TIMEOUT
 */
export async function readMdm(): Promise<MdmDelivery> {
  assertWindows('The MDM bridge');
  const session = openPowerShell({ ...findPowerShell(), timeout: isTestBuild() ? TEST_BUILD_TIMEOUT : TIMEOUT });
  try {
    return readMdmAnswer(await session.invoke(READ_MDM, MDM_QUESTION));
  } finally {
    await session.dispose();
  }
}
